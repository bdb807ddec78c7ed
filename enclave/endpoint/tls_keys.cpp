#include <enclave/endpoint/tls_keys.hpp>

#include <algorithm>

namespace redoubt::enclave::endpoint {
namespace {

/// The order of P-256's group, big-endian. @source SEC 2, section 2.4.2
constexpr std::array<std::uint8_t, 32> kP256Order = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

}  // namespace

bool is_p256_scalar(std::span<const std::uint8_t, 32> scalar) noexcept {
    const bool is_zero = std::ranges::all_of(scalar, [](std::uint8_t byte) { return byte == 0; });
    return !is_zero && std::ranges::lexicographical_compare(scalar, kP256Order);
}

crypto::SecretBytes<32> make_p256_scalar() {
    auto scalar = crypto::SecretBytes<32>::random();
    while (!is_p256_scalar(scalar.expose())) {
        crypto::fill_random(scalar.expose_mut());
    }
    return scalar;
}

}  // namespace redoubt::enclave::endpoint
