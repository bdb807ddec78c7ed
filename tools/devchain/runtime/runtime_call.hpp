/// A call of this runtime, decoded and ready to run: the type `RuntimeCall` of the metadata.
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>

#include <memory>
#include <tools/devchain/runtime/context.hpp>
#include <tools/devchain/runtime/types.hpp>

namespace redoubt::devchain {

/// Calls may hold calls this deep. FRAME allows 256; clients' decoders give up long before.
inline constexpr unsigned kCallDepthMax = 32;

/// The arguments of a call together with the function they are for.
class CallBody {
  public:
    CallBody() = default;
    CallBody(const CallBody&) = delete;
    CallBody& operator=(const CallBody&) = delete;
    virtual ~CallBody() = default;
    [[nodiscard]] virtual DispatchInfo info() const = 0;
    [[nodiscard]] virtual Dispatched<PostDispatch> run(Context& context, const Origin& origin) const = 0;
};

class RuntimeCall {
  public:
    RuntimeCall() = default;
    RuntimeCall(std::uint8_t pallet, std::uint8_t index, std::shared_ptr<const CallBody> body)
        : pallet_(pallet), index_(index), body_(std::move(body)) {}

    [[nodiscard]] std::uint8_t pallet() const noexcept { return pallet_; }
    [[nodiscard]] std::uint8_t index() const noexcept { return index_; }
    /// @pre the call was decoded
    [[nodiscard]] const CallBody& body() const noexcept { return *body_; }

  private:
    std::uint8_t pallet_ = 0;
    std::uint8_t index_ = 0;
    std::shared_ptr<const CallBody> body_;
};

/// Reads a call of any pallet. @errors DecodeError: kBadTag for a call that does not exist, kDepthLimit
[[nodiscard]] Result<RuntimeCall> decode_scale(ByteCursor& in, scale::Type<RuntimeCall>);

template <>
struct TypeOf<RuntimeCall> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types);
};

}  // namespace redoubt::devchain
