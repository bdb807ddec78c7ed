/// A shard inside a running enclave: identity, state, journal position, and the answers for clients.
///
/// It holds what is known after Start. Only persisted state is ever visible: a block that was imported waits
/// apart until the host says its record is on disk.
#pragma once

#include <boundary/messages.hpp>
#include <enclave/activity_check.hpp>
#include <enclave/block_execution.hpp>
#include <enclave/chain_view.hpp>
#include <enclave/endpoint_backend.hpp>
#include <enclave/identity.hpp>
#include <enclave/journal.hpp>
#include <enclave/runtime.hpp>
#include <enclave/state/shard_state.hpp>
#include <enclave/state/state_limits.hpp>
#include <optional>
#include <stf/executor.hpp>
#include <stf/state.hpp>
#include <substrate/header.hpp>

namespace redoubt::enclave {

/// A base is written when so many records, so many bytes, or so many changed keys as StateLimits says
/// followed the last one: what a restart has to read.
inline constexpr std::uint32_t kRecordsPerBaseMax = 1'024;
inline constexpr std::uint64_t kBytesPerBaseMax = 4 * 1024 * 1024;

class Shard final : public EndpointBackend {
  public:
    /// @errors Refusal::kIdentityDamaged when the sealed anchor cannot be used
    /// @param storage  outlives the shard
    [[nodiscard]] static Result<std::unique_ptr<Shard>> make(Identity identity,
                                                             const Hash256& measurement,
                                                             std::string_view version,
                                                             PageStorage& storage,
                                                             const StateLimits& limits);

    [[nodiscard]] const Identity& identity() const noexcept { return identity_; }
    [[nodiscard]] AccountId account() const { return identity_.signing_key().account_id(); }

    // Restoring. -------------------------------------------------------------------------------------
    /// The identity is not new: the worker may have been active, whatever records come.
    void expect_past() noexcept { has_past_ = true; }
    /// @errors those of JournalReader::take
    [[nodiscard]] Result<void> restore(const boundary::Restore& message);
    /// @errors Refusal::kJournalIncomplete
    [[nodiscard]] Result<boundary::Position> finish_restoring();

    // Running. ---------------------------------------------------------------------------------------
    /// @errors those of Runtime::make
    [[nodiscard]] Result<boundary::RuntimeSet> set_runtime(const boundary::SetRuntime& message);
    /// @errors Refusal::kUnverified; those of ChainView::take
    [[nodiscard]] Result<boundary::FinalityMoved> take_finality(const boundary::Finality& message);
    /// @errors Refusal::kUnverified; those of ChainView::hop
    [[nodiscard]] Result<boundary::FinalityMoved> hop_finality(const boundary::FinalityHop& message);
    /// @errors Refusal::kUnverified; those of ChainView::take_head
    [[nodiscard]] Result<boundary::FinalityMoved> take_head(const boundary::ParachainHead& message);
    /// @errors Refusal: kRuntimeMissing, kRuntimeOutdated, kBlockTooLarge, kHeaderUnusable, kNotFinal,
    ///   kWrongParent, kSealBad, kExtrinsicsRootMismatch, kStateProofMissing, kStateProofBad,
    ///   kEventsUnusable, kStateTooLarge, kActivityUnchecked, kRolledBack, kOtherRootPublished
    [[nodiscard]] Result<boundary::FromEnclave> import_block(const boundary::ImportBlock& message);
    /// Goes on with the block that waits; after a refusal it still waits.
    /// @errors Refusal: kChainStateUnwanted, kBlockTooLarge, kStateProofMissing, kStateProofBad,
    ///   kStateTooLarge
    [[nodiscard]] Result<boundary::FromEnclave> take_chain_state(const boundary::ChainState& message);
    /// Compares what the chain says of this worker's activity with what it remembers.
    /// @errors Refusal: kUnverified; those of ActivityCheck::take
    [[nodiscard]] Result<boundary::ActivityChecked> check_activity(const boundary::CheckActivity& message);
    /// False after a restart, until check_activity found that the state is the newest.
    [[nodiscard]] bool is_checked() const noexcept { return activity_.is_passed(); }
    /// @errors Refusal::kNoCommitWaiting
    [[nodiscard]] Result<boundary::Committed> commit_persisted(std::uint64_t sequence);

    [[nodiscard]] boundary::OutboxItems outbox(std::uint32_t max) const;
    /// @errors Refusal: kRuntimeMissing, kRuntimeOutdated, kNoBlockYet, kUnknownOutboxItem, kSigningFailed
    [[nodiscard]] Result<boundary::Signed> sign_outbox(const boundary::SignOutbox& message) const;
    /// @errors as above; kMethodUnsupported, kUrlUnusable
    [[nodiscard]] Result<boundary::Signed> sign_registration(const boundary::SignRegistration& message) const;
    /// @errors those of sign_registration
    [[nodiscard]] Result<boundary::Signed> sign_collateral(const boundary::SignCollateral& message) const;
    /// @errors as above
    [[nodiscard]] Result<boundary::Signed> sign_shard_config(const boundary::SignShardConfig& message) const;

    /// The host's clock, which counts where it is above the last block's time.
    void hear_time(std::uint64_t host_time_ms);
    /// The later one of the host's clock and the last block's time, milliseconds since 1970.
    [[nodiscard]] std::uint64_t advisory_time_ms() const;
    /// A shorter limit than the identity's for this run; 0 and longer ones change nothing.
    void shorten_stale_limit(std::uint64_t stale_after_ms);
    [[nodiscard]] std::uint64_t stale_after_ms() const noexcept { return stale_after_ms_; }
    /// The last block is older than the limit: nothing may be signed.
    [[nodiscard]] bool is_stale() const;

    /// All but the clients' count.
    [[nodiscard]] boundary::StatusReport status() const;

    /// Why a page of the state could not be had, if that happened since the last time. What was answered
    /// meanwhile is void.
    [[nodiscard]] std::optional<boundary::Refusal> take_fault() { return pages_.take_fault(); }
    /// Forgets the block that is under way, or waits to be persisted.
    void give_up_block();
    /// Frees memory of the state above the limit. To be called between messages.
    void free_memory();

    // EndpointBackend --------------------------------------------------------------------------------
    [[nodiscard]] std::string shielding_key_json() const override;
    [[nodiscard]] stf::ShardId shard() const override { return identity_.scope().shard; }
    [[nodiscard]] Hash256 fingerprint() const override { return measurement_; }
    [[nodiscard]] std::uint32_t nonce_of(const AccountId& account) const override;
    [[nodiscard]] Result<std::optional<Bytes>> execute_getter(const stf::Request& request,
                                                              ChainReads& reads) const override;
    [[nodiscard]] Result<void> prove_reads(ByteView header,
                                           std::span<const Bytes> proof,
                                           ChainReads& reads) const override;
    [[nodiscard]] CallStatus call_status(const Hash256& hash) const override;
    [[nodiscard]] std::optional<Hash256> state_root(std::uint32_t block) const override;
    [[nodiscard]] bool state_is_readable() const override { return !pages_.has_fault(); }
    [[nodiscard]] HealthReport health() const override;
    [[nodiscard]] std::string_view version() const override { return version_; }
    [[nodiscard]] const crypto::SecretBytes<32>& signing_seed() const override {
        return identity_.signing_seed();
    }
    [[nodiscard]] ByteView identity_extension() const override { return identity_.extension(); }

  private:
    Shard(Identity identity,
          const Hash256& measurement,
          std::string_view version,
          PageStorage& storage,
          const StateLimits& limits);

    /// Who seals the blocks of a chain with Aura, each in its slot; nullopt when that is not known.
    using Authors = std::optional<std::vector<Hash256>>;

    /// What a block's proof says.
    struct CheckedBlock {
        Bytes events;
        Authors next_authors;
    };

    /// An imported block that is not persisted yet.
    struct Pending {
        boundary::BlockId block;
        JournalHead head;
        BlockOutcome outcome;
        /// Of a base.
        std::optional<SealedChanges> pages;
        std::uint32_t outbox_size = 0;
        std::optional<ChainViewRecord> chain;
        Authors next_authors;
        RuntimePin runtime;
        bool updates_runtime = false;
        std::uint64_t sealed_bytes = 0;
    };

    /// A block that is being executed.
    struct Importing {
        boundary::BlockId block;
        Hash256 state_root;
        bool updates_runtime = false;
        Authors next_authors;
        BlockExecution execution;
    };

    /// Executes the block to its end, or until it needs chain state.
    /// @returns Commit or StateNeeded
    /// @errors Refusal::kStateTooLarge
    [[nodiscard]] Result<boundary::FromEnclave> go_on_importing();
    /// @errors Refusal::kRuntimeMissing, kRuntimeOutdated
    [[nodiscard]] Result<const Runtime*> usable_runtime() const;
    /// That the state was what this worker published of it. @errors Refusal::kOtherRootPublished
    [[nodiscard]] Result<void> compare_published_roots(std::span<const SeenCall> calls);
    /// Finality has moved: an identity without records begins with another block than was checked.
    void recheck_start();
    /// usable_runtime for what goes out. @errors as above; Refusal::kStale, kActivityUnchecked
    [[nodiscard]] Result<const Runtime*> signing_runtime() const;
    /// That the block may be imported, and what it proves.
    /// @errors those of import_block
    [[nodiscard]] Result<CheckedBlock> check_block(const boundary::ImportBlock& message,
                                                   const boundary::BlockId& block,
                                                   const substrate::Header& header,
                                                   const Runtime& runtime) const;
    [[nodiscard]] Result<boundary::Signed> sign(Result<Bytes> call,
                                                std::uint64_t period,
                                                std::uint32_t nonce) const;
    /// @param changes  that the next record would hold
    [[nodiscard]] bool base_is_due(std::size_t changes) const;

    Identity identity_;
    Hash256 measurement_;
    std::string_view version_;
    stf::Executor executor_;

    crypto::SecretBytes<32> state_blind_;
    SealedPages pages_;
    ShardState state_;
    StateLimits limits_;
    std::uint32_t outbox_size_ = 0;
    std::optional<boundary::BlockId> last_block_;
    JournalReader journal_reader_;
    JournalHead journal_head_;
    std::uint32_t records_since_base_ = 0;
    std::uint64_t changes_since_base_ = 0;
    std::uint64_t bytes_since_base_ = 0;
    std::optional<Pending> pending_;
    /// Waits for chain state. What it was checked against does not change meanwhile: each message that could
    /// change it ends it.
    std::optional<Importing> importing_;

    std::optional<Runtime> runtime_;
    bool runtime_outdated_ = false;
    /// Of `runtime_`, and of the last imported block.
    RuntimePin runtime_pin_;
    std::optional<RuntimePin> kept_pin_;

    /// nullopt with unverified finality.
    std::optional<ChainView> view_;
    /// Of the block after the last one; not known before the first block of this process.
    Authors authors_;
    bool has_past_ = false;
    ActivityCheck activity_;
    std::uint64_t host_time_ms_ = 0;
    std::uint64_t stale_after_ms_ = 0;

    std::uint64_t blocks_imported_ = 0;
    std::uint64_t calls_executed_ = 0;
    std::uint64_t calls_failed_ = 0;
};

}  // namespace redoubt::enclave
