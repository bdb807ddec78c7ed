/// A process beside the enclave's that asks the TEE for evidence, which may take a second or be stuck for
/// half a minute. It is forked before secrets are read, knows none, and is locked down to what its TEE needs.
///
/// It makes evidence for whatever 64 bytes it is given, so that its socket pair is shared with the enclave's
/// process alone. It ends when that ends. When it ends itself it is started again (evidence_keeper.hpp), but
/// inside Gramine. When the keeper has ended, or inside Gramine, the host starts the enclave again.
///
/// @source docs/adr/0029-evidence-is-made-beside-the-enclave.md
#pragma once

#include <attestation/produce/provider.hpp>
#include <enclave/evidence_producer.hpp>
#include <enclave/sandbox.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <primitives/bytes.hpp>

namespace redoubt::enclave {

class EvidenceProcess final : public EvidenceProducer {
  public:
    using OpenProvider = std::function<Result<std::unique_ptr<attestation::produce::Provider>>()>;

    /// Forks. The other process opens its provider at the first question, and again after a failure.
    /// @param needs  what it may do; nullopt where the TEE itself is the sandbox
    /// @errors std::errc of socketpair and fork
    [[nodiscard]] static Result<std::unique_ptr<EvidenceProcess>> start(const OpenProvider& open,
                                                                        std::optional<ProducerNeeds> needs);
    EvidenceProcess(const EvidenceProcess&) = delete;
    EvidenceProcess& operator=(const EvidenceProcess&) = delete;
    ~EvidenceProcess() override;

    /// What the sandbox has to leave to this process.
    [[nodiscard]] EvidenceLink link() const noexcept { return {.fd = fd_, .process = child_}; }

    void begin(attestation::produce::ReportData report_data) override;
    [[nodiscard]] std::optional<Result<attestation::produce::Evidence>> poll() override;
    [[nodiscard]] ProducerHealth health() override;

  private:
    EvidenceProcess(int fd, int child) : fd_(fd), child_(child) {}

    /// Reads what there is.
    void receive();
    void take_frames();
    /// Asks how the process has ended, if it has.
    void collect();

    int fd_;
    int child_;  ///< the keeper's process id, or inside Gramine that of what makes evidence
    bool is_gone_ = false;
    std::uint32_t restarts_ = 0;
    std::optional<boundary::ProcessEnd> end_;
    Bytes received_;
    std::optional<Result<attestation::produce::Evidence>> answer_;
};

}  // namespace redoubt::enclave
