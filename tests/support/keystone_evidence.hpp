/// Keystone reports of a device and a monitor of the tests' own.
#pragma once

#include <primitives/crypto/ed25519.hpp>
#include <primitives/scale.hpp>

namespace redoubt::tests {

/// The key with the seed of this byte, repeated.
inline crypto::ed25519::SecretKey keystone_secret(std::uint8_t fill) {
    crypto::SecretBytes<32> seed;
    std::ranges::fill(seed.expose_mut(), fill);
    return crypto::ed25519::SecretKey::from_seed(seed);
}

inline FixedBytes<32> keystone_device_key() {
    return keystone_secret(0x61).public_key();
}

/// A report over `data`, at most 1024 bytes; behind it stands what was in the monitor's memory.
inline Bytes make_keystone_report(ByteView data) {
    const auto device = keystone_secret(0x61);
    const auto monitor = keystone_secret(0x62);
    Bytes enclave(64, 0x11);
    append(enclave, scale::encode_all(static_cast<std::uint64_t>(data.size())));
    append(enclave, data);
    const auto enclave_signature = monitor.sign(enclave);
    enclave.resize(64 + 8 + 1024, 0xee);
    append(enclave, enclave_signature.view());
    auto signed_monitor = concat(Bytes(64, 0x22), monitor.public_key());
    const auto monitor_signature = device.sign(signed_monitor);
    return concat(enclave, signed_monitor, monitor_signature, device.public_key());
}

}  // namespace redoubt::tests
