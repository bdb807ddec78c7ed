/// What the enclave needs from the hardware that protects it, apart from evidence, which another process
/// makes (evidence_producer.hpp). The host never knows which kind of TEE runs, beyond how it is launched.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>
#include <span>

namespace redoubt::enclave {

enum class TeeKind : std::uint8_t {
    kSimulation = 0,  ///< a sandboxed process: no hardware protects it
    kGramineSgx = 1,  ///< an SGX enclave that Gramine runs
    kTsm = 2,         ///< a confidential virtual machine
};

class Tee {
  public:
    virtual ~Tee() = default;

    [[nodiscard]] virtual TeeKind kind() const = 0;

    /// The identity of the running code: MRENCLAVE, or what stands for it.
    [[nodiscard]] virtual const Hash256& measurement() const = 0;

    /// A key that only this measurement on this platform can derive.
    [[nodiscard]] virtual crypto::SecretBytes<32> sealing_key() const = 0;

    /// Unpredictable bytes.
    virtual void fill_random(std::span<std::uint8_t> out) const = 0;
};

}  // namespace redoubt::enclave
