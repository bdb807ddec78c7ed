/// What the enclave needs from the hardware that protects it. One implementation for each kind of TEE; the
/// host never knows which one runs, beyond how it is launched.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>
#include <span>

namespace redoubt::enclave {

enum class TeeKind : std::uint8_t {
    kSimulation = 0,  ///< a sandboxed process: no hardware protects it
};

class Tee {
  public:
    virtual ~Tee() = default;

    [[nodiscard]] virtual TeeKind kind() const = 0;

    /// The identity of the running code: MRENCLAVE, or what stands for it.
    [[nodiscard]] virtual const Hash256& measurement() const = 0;

    /// A key that only this measurement on this platform can derive.
    [[nodiscard]] virtual crypto::SecretBytes<32> sealing_key() const = 0;

    /// Evidence that this measurement runs here and vouches for `report_data`.
    /// @param unix_time_s  advisory creation time
    [[nodiscard]] virtual Result<Bytes> evidence(std::span<const std::uint8_t, 64> report_data,
                                                 std::uint64_t unix_time_s) const = 0;

    /// Unpredictable bytes.
    virtual void fill_random(std::span<std::uint8_t> out) const = 0;
};

}  // namespace redoubt::enclave
