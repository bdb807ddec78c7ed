/// The client endpoint of an enclave behind the boundary, for a MemoryClient.
#pragma once

#include <enclave/endpoint_backend.hpp>
#include <tests/integration/enclave_driver.hpp>

namespace redoubt::tests {

/// Moves bytes over the channel. The driver outlives it.
class RemoteEndpoint final : public enclave::ClientEndpoint {
  public:
    explicit RemoteEndpoint(EnclaveDriver& driver) : driver_(driver) {}

    [[nodiscard]] Result<boundary::ClientEffects> opened(std::uint64_t connection) override {
        return driver_.ask<boundary::ClientEffects>(boundary::ClientOpened{.connection = connection});
    }
    [[nodiscard]] Result<boundary::ClientEffects> received(std::uint64_t connection,
                                                           ByteView bytes) override {
        return driver_.ask<boundary::ClientEffects>(
            boundary::ClientBytes{.connection = connection, .bytes = to_bytes(bytes)});
    }
    [[nodiscard]] Result<boundary::ClientEffects> state_given(const boundary::ClientState& state) override {
        return driver_.ask<boundary::ClientEffects>(state);
    }
    [[nodiscard]] boundary::ClientEffects closed(std::uint64_t connection) override {
        return driver_.ask<boundary::ClientEffects>(boundary::ClientClosed{.connection = connection}).value();
    }
    /// Takes what the enclave has, whatever the answer is said to be.
    [[nodiscard]] boundary::ClientEffects evidence_given(enclave::EvidenceAnswer) override {
        return driver_
            .ask<boundary::ClientEffects>(
                boundary::TakeEvidence{.host_time_ms = 1, .give_up = false, .endorsements = {}})
            .value();
    }
    [[nodiscard]] std::uint32_t clients() const override {
        return driver_.ask<boundary::StatusReport>(boundary::Status{}).value().clients;
    }
    [[nodiscard]] Hash256 tls_spki_sha256() const override { return driver_.started().tls_spki_sha256; }

  private:
    EnclaveDriver& driver_;
};

}  // namespace redoubt::tests
