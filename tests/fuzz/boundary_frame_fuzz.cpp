// Frame prefixes and messages of both directions: what decodes encodes to the same bytes.
#include <boundary/frame.hpp>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const ByteView input{data, size};
    if (size >= boundary::kFramePrefixBytes) {
        const boundary::FramePrefix prefix{data, boundary::kFramePrefixBytes};
        static_cast<void>(boundary::bytes_after_prefix_to_enclave(prefix));
        static_cast<void>(boundary::bytes_after_prefix_from_enclave(prefix));
    }
    if (const auto message = boundary::decode_from_enclave(input)) {
        const auto frame = boundary::encode_frame(message.value());
        REDOUBT_ASSERT(equal(ByteView{frame}.subspan(4), input));
    }
    return 0;
}
