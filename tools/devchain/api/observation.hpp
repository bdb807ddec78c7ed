/// An observer that the chain knows exactly as long as the object lives.
#pragma once

#include <tools/devchain/chain/chain.hpp>

namespace redoubt::devchain::api {

class Observation : public Observer {
  public:
    /// @param chain  outlives this object
    explicit Observation(Chain& chain) : chain_(chain) { chain_.add_observer(*this); }
    ~Observation() override { chain_.remove_observer(*this); }

  protected:
    [[nodiscard]] Chain& chain() const noexcept { return chain_; }

  private:
    Chain& chain_;
};

}  // namespace redoubt::devchain::api
