/// Where sealed pages lie outside the enclave: the host's storage, which is not believed.
#pragma once

#include <boundary/messages.hpp>
#include <optional>
#include <primitives/bytes.hpp>

namespace redoubt::enclave {

using boundary::PageId;

class PageStorage {
  public:
    virtual ~PageStorage() = default;
    /// The sealed page; nullopt when storage has none or cannot be read.
    /// @param again  what came before was refused: storage may read it anew, and should tell its operator
    [[nodiscard]] virtual std::optional<Bytes> read(const PageId& id, bool again) = 0;
};

}  // namespace redoubt::enclave
