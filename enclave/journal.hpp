/// The journal: a hash-chained sequence of sealed records that makes the state durable outside the enclave.
///
/// A record holds what one block altered, the head of the state after it, and the place of the chain view.
/// With a *base* the pages of the state (state/sealed_pages.hpp) were brought up to it, so that it names the
/// whole state and earlier records are not needed. It travels in one or more sealed parts. Each part's clear
/// header names shard, sequence, kind, part and the hash of the record before, and is authenticated, so a
/// host cannot alter, exchange, reorder or leave out records. It can hold back the newest ones: the enclave
/// then imports the missing blocks again, which gives the same state.
///
/// Layout: docs/PROTOCOL.md, "Journal record".
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/chain_view.hpp>
#include <enclave/state/shard_state.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>
#include <stf/state.hpp>
#include <vector>

namespace redoubt::enclave {

/// Metadata that was used: other metadata of the same runtime version is a lie.
struct RuntimePin {
    std::uint32_t spec_version = 0;
    /// BLAKE2b-256 of the metadata.
    Hash256 metadata_hash;
    static constexpr auto kScaleFields = std::tuple{&RuntimePin::spec_version, &RuntimePin::metadata_hash};
    bool operator==(const RuntimePin&) const = default;
};

/// What a record holds.
struct JournalEntry {
    /// The block after which this is the state.
    boundary::BlockId block;
    /// What the block altered; empty in a base, whose pages have it.
    stf::Changes changes;
    /// The state after it.
    StateHead state;
    /// Absent with unverified finality.
    std::optional<ChainViewRecord> chain;
    /// The metadata that the block was read with.
    RuntimePin runtime;
    static constexpr auto kScaleFields =
        std::tuple{&JournalEntry::block, &JournalEntry::changes, &JournalEntry::state, &JournalEntry::chain,
                   &JournalEntry::runtime};
};

/// Where a chain of records stands.
struct JournalHead {
    std::uint64_t sequence = 0;
    /// BLAKE2b-256 over the parts of the record, one after the other; zeros before the first.
    Hash256 record_hash;
    bool operator==(const JournalHead&) const = default;
};

struct SealedRecord {
    JournalHead head;
    bool is_base = false;
    std::vector<Bytes> parts;
};

/// Seals the record that follows `previous`. @errors Refusal::kStateTooLarge
[[nodiscard]] Result<SealedRecord> seal_record(const crypto::SecretBytes<32>& key,
                                               const Hash256& shard,
                                               const JournalHead& previous,
                                               bool is_base,
                                               const JournalEntry& entry);

/// Reads records back, part by part.
class JournalReader {
  public:
    /// @param key  outlives the reader
    JournalReader(const crypto::SecretBytes<32>& key, const Hash256& shard) : key_(key), shard_(shard) {}

    /// One record whose last part has arrived.
    struct Record {
        JournalHead head;
        bool is_base = false;
        JournalEntry entry;
    };

    /// Takes the next part; returns the record when it is complete. A failure leaves the reader as it was.
    /// @errors Refusal::kJournalDamaged, kJournalSealedElsewhere, kJournalGap
    [[nodiscard]] Result<std::optional<Record>> take(std::uint64_t sequence, ByteView part);

    /// Gives up the record that is being read and goes on with any other: to look at what follows a fault.
    /// No state may be made of it.
    void pass_over();

    /// The last complete record; nullopt before the first.
    [[nodiscard]] const std::optional<JournalHead>& head() const noexcept { return head_; }
    /// True when no record has begun without being finished.
    [[nodiscard]] bool is_complete() const noexcept { return parts_taken_ == 0; }

  private:
    /// The clear header of a part. `record_id` is random: parts of two records never mix, even when both were
    /// sealed for the same place because the host asked for a commit twice.
    struct PartHeader {
        Hash256 shard;
        std::uint64_t sequence = 0;
        bool is_base = false;
        Hash256 previous;
        FixedBytes<16> record_id;
        std::uint32_t parts = 0;
        std::uint32_t part = 0;
        static constexpr auto kScaleFields = std::tuple{
            &PartHeader::shard,     &PartHeader::sequence, &PartHeader::is_base, &PartHeader::previous,
            &PartHeader::record_id, &PartHeader::parts,    &PartHeader::part};
        bool operator==(const PartHeader&) const = default;
    };
    friend Result<SealedRecord> seal_record(const crypto::SecretBytes<32>& key,
                                            const Hash256& shard,
                                            const JournalHead& previous,
                                            bool is_base,
                                            const JournalEntry& entry);
    [[nodiscard]] bool follows(const PartHeader& header) const;

    const crypto::SecretBytes<32>& key_;
    Hash256 shard_;
    std::optional<JournalHead> head_;
    bool takes_any_ = false;
    /// Of the record that is being read.
    std::uint32_t parts_taken_ = 0;
    PartHeader first_;
    Bytes sealed_;
    Bytes plaintext_;
};

}  // namespace redoubt::enclave
