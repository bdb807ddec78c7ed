/// Drives an enclave as a host does: in this process, or as the real sandboxed program over a socket pair.
#pragma once

#include <sys/types.h>
#include <boundary/messages.hpp>

#include <enclave/endpoint_backend.hpp>
#include <enclave/state/page_storage.hpp>
#include <enclave/state/state_limits.hpp>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <tests/integration/test_chain.hpp>
#include <variant>
#include <vector>

namespace redoubt::tests {

enum class EnclaveKind { kInProcess, kSandboxed };
/// Whether a development enclave is given evidence for its blocks, or told to believe them. Others always
/// want evidence.
enum class FinalityKind { kVerified, kUnverified };

/// One enclave, from creation to end.
class EnclavePeer {
  public:
    virtual ~EnclavePeer() = default;
    [[nodiscard]] virtual boundary::FromEnclave handle(const boundary::ToEnclave& message) = 0;
    /// What clients would be answered; nullptr when that is behind the process boundary or before Start.
    [[nodiscard]] virtual const enclave::EndpointBackend* backend() const = 0;
    /// The process that the enclave runs in.
    [[nodiscard]] virtual pid_t process() const = 0;
};

/// What a host keeps on disk.
struct HostStore final : enclave::PageStorage {
    Bytes sealed_identity;
    std::map<std::uint64_t, std::vector<Bytes>> records;
    std::map<Bytes, Bytes> pages;
    /// Pages that the enclave asked for, and those of them that it had refused before.
    std::size_t pages_read = 0;
    std::size_t pages_refused = 0;

    [[nodiscard]] std::optional<Bytes> read(const boundary::PageId& id, bool again) override {
        ++pages_read;
        pages_refused += again ? 1 : 0;
        const auto found = pages.find(to_bytes(id.view()));
        return found == pages.end() ? std::nullopt : std::optional{found->second};
    }
    /// Stores a commit, as one write.
    void put(const boundary::Commit& commit);
};

/// @param store     outlives the enclave
/// @param platform  which simulated platform: other numbers cannot unseal
[[nodiscard]] std::unique_ptr<EnclavePeer> make_enclave(EnclaveKind kind,
                                                        HostStore& store,
                                                        std::uint8_t platform = 1,
                                                        const enclave::StateLimits& limits = {});

/// The reply, when it is a T; an error otherwise.
template <class T>
[[nodiscard]] Result<T> expect_reply(boundary::FromEnclave reply);

class EnclaveDriver {
  public:
    explicit EnclaveDriver(EnclaveKind kind, FinalityKind finality = FinalityKind::kUnverified)
        : kind_(kind), finality_(finality), enclave_(make_enclave(kind, store_)) {}

    template <class T>
    [[nodiscard]] Result<T> ask(const boundary::ToEnclave& message) {
        return expect_reply<T>(enclave_->handle(message));
    }

    /// Hello and Start with what the store holds; a new identity is put into the store. The chain outlives
    /// the driver.
    [[nodiscard]] Result<boundary::Started> start(const TestChain& chain, bool dev = true);
    /// Gives back every record of the store, then RestoreDone.
    [[nodiscard]] Result<boundary::Position> restore();
    [[nodiscard]] Result<boundary::RuntimeSet> set_runtime(const TestChain& chain);
    /// Shows the enclave what the chain says of its activity at a block that is final.
    /// @return  ActivityChecked::catching_up_to
    [[nodiscard]] Result<std::optional<std::uint32_t>> check_activity(const TestChain& chain,
                                                                      const boundary::BlockId& finalized,
                                                                      bool catch_up = false);
    /// start, restore, set_runtime, and check_activity where it is wanted.
    [[nodiscard]] Result<boundary::Position> boot(const TestChain& chain, bool dev = true);
    /// Ends the enclave and makes a new one; the store stays.
    void restart(std::uint8_t platform = 1, const enclave::StateLimits& limits = {}) {
        enclave_ = make_enclave(kind_, store_, platform, limits);
    }

    /// What start() says to the enclave.
    [[nodiscard]] boundary::Start start_message(const TestChain& chain, bool dev = true) const;
    /// Where blocks are verified, gives the chain's evidence first. Proves the chain state that it is asked
    /// for.
    [[nodiscard]] Result<boundary::Commit> import(const boundary::ImportBlock& block);
    /// Puts the commit into the store.
    void store_commit(const boundary::Commit& commit);
    /// import, store, CommitPersisted.
    [[nodiscard]] Result<boundary::Committed> process(const boundary::ImportBlock& block);
    [[nodiscard]] std::vector<boundary::OutboxItem> outbox();

    /// The blocks that needed chain state, in the order in which the enclave asked.
    [[nodiscard]] const std::vector<boundary::StateNeeded>& asked() const { return asked_; }
    /// The enclave itself, for messages that need no help.
    [[nodiscard]] EnclavePeer& peer() { return *enclave_; }
    HostStore& store() { return store_; }
    [[nodiscard]] const boundary::Started& started() const { return started_; }
    [[nodiscard]] const enclave::EndpointBackend* backend() const { return enclave_->backend(); }
    /// For this enclave's shielding key.
    [[nodiscard]] Bytes encrypt(ByteView plaintext) const;
    /// Adds an invoke with this call to the chain's next block; returns its TOP hash.
    Hash256 invoke(TestChain& chain,
                   const crypto::KeyPair& signer,
                   const stf::TrustedCall& call,
                   std::uint32_t nonce);

  private:
    EnclaveKind kind_;
    FinalityKind finality_;
    /// The enclave wants to see the chain's word of its activity before the first block.
    bool check_waits_ = false;
    /// The chain whose evidence is given; nullptr without any.
    const TestChain* witness_ = nullptr;
    const TestChain* chain_ = nullptr;
    HostStore store_;
    std::unique_ptr<EnclavePeer> enclave_;
    std::vector<boundary::StateNeeded> asked_;
    boundary::Started started_;
};

}  // namespace redoubt::tests

#include <boundary/refusal.hpp>

template <class T>
redoubt::Result<T> redoubt::tests::expect_reply(boundary::FromEnclave reply) {
    if (auto* typed = std::get_if<T>(&reply)) {
        return std::move(*typed);
    }
    if (const auto* refused = std::get_if<boundary::Refused>(&reply)) {
        return boundary::error_of(*refused);
    }
    return boundary::Refusal::kMalformed;
}
