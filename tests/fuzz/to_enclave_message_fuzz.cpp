// Messages to the enclave: what decodes encodes to the same bytes, and an enclave that has not been started
// refuses all of it without changing.
#include <boundary/frame.hpp>
#include <boundary/refusal.hpp>
#include <cstdint>
#include <enclave/enclave.hpp>
#include <enclave/sim_tee.hpp>

namespace {

using namespace redoubt;

/// Serves nobody.
class NoFactory final : public enclave::EndpointFactory {
  public:
    Result<crypto::SecretBuffer> create_identity() override { return boundary::Refusal::kCryptoFailed; }
    Result<std::unique_ptr<enclave::ClientEndpoint>> make(const enclave::EndpointBackend&,
                                                          std::span<const std::string>,
                                                          std::uint64_t) override {
        return boundary::Refusal::kCryptoFailed;
    }
};

/// Has nothing.
class NoPages final : public enclave::PageStorage {
  public:
    std::optional<Bytes> read(const boundary::PageId&, bool) override { return std::nullopt; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto message = boundary::decode_to_enclave(input);
    if (!message) {
        return 0;
    }
    const auto frame = boundary::encode_frame(message.value());
    REDOUBT_ASSERT(equal(ByteView{frame}.subspan(4), input));
    const enclave::SimTee tee{crypto::SecretBytes<32>{}, Hash256{}};
    NoFactory factory;
    NoPages pages;
    enclave::Enclave enclave{tee, factory, "fuzz", pages};
    static_cast<void>(enclave.handle(boundary::Hello{}));
    static_cast<void>(enclave.handle(message.value()));
    return 0;
}
