#include <boundary/limits.hpp>
#include <boundary/refusal.hpp>
#include <enclave/journal.hpp>
#include <enclave/sealed_blob.hpp>
#include <primitives/crypto/aead.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/random.hpp>

namespace redoubt::enclave {

using boundary::Refusal;

namespace {

constexpr BlobMagic kMagic = {'R', 'D', 'J', '4'};
constexpr std::size_t kHeaderBytes = 32 + 8 + 1 + 32 + 16 + 4 + 4;
constexpr std::size_t kPartPlaintextBytesMax =
    boundary::kJournalPartBytesMax - kBlobPrefixBytes - kHeaderBytes - crypto::kAeadOverheadBytes;
/// Bounded so that a commit fits one frame.
constexpr std::size_t kRecordPartsMax = 250;
static_assert(kRecordPartsMax <= boundary::kCommitPartsMax);
static_assert(kRecordPartsMax * (boundary::kJournalPartBytesMax + 8) < boundary::kFromEnclaveBytesMax[6]);

}  // namespace

Result<SealedRecord> seal_record(const crypto::SecretBytes<32>& key,
                                 const Hash256& shard,
                                 const JournalHead& previous,
                                 bool is_base,
                                 const JournalEntry& entry) {
    const auto plaintext = scale::encode(entry);
    const auto parts = (plaintext.size() + kPartPlaintextBytesMax - 1) / kPartPlaintextBytesMax;
    if (parts > kRecordPartsMax) {
        return Refusal::kStateTooLarge;
    }
    SealedRecord record;
    record.is_base = is_base;
    record.head.sequence = previous.sequence + 1;
    JournalReader::PartHeader header{.shard = shard,
                                     .sequence = record.head.sequence,
                                     .is_base = is_base,
                                     .previous = previous.record_hash,
                                     .record_id = {},
                                     .parts = static_cast<std::uint32_t>(parts),
                                     .part = 0};
    crypto::fill_random(header.record_id.bytes);
    Bytes whole;
    for (std::size_t part = 0; part < parts; ++part) {
        header.part = static_cast<std::uint32_t>(part);
        const auto begin = part * kPartPlaintextBytesMax;
        const auto size = std::min(kPartPlaintextBytesMax, plaintext.size() - begin);
        record.parts.push_back(
            seal_blob(kMagic, key, scale::encode(header), ByteView{plaintext}.subspan(begin, size)));
        append(whole, record.parts.back());
    }
    record.head.record_hash = crypto::blake2b_256(whole);
    return record;
}

bool JournalReader::follows(const PartHeader& header) const {
    if (parts_taken_ > 0) {
        auto expected = first_;
        expected.part = parts_taken_;
        return header == expected;
    }
    if (header.part != 0 || header.parts == 0 || header.parts > kRecordPartsMax) {
        return false;
    }
    if (!head_) {
        // Older records were deleted: any base may begin the chain.
        return (header.is_base || takes_any_) && header.sequence > 0;
    }
    return header.sequence == head_->sequence + 1 && header.previous == head_->record_hash;
}

void JournalReader::pass_over() {
    head_.reset();
    takes_any_ = true;
    parts_taken_ = 0;
    sealed_.clear();
    plaintext_.clear();
}

Result<std::optional<JournalReader::Record>> JournalReader::take(std::uint64_t sequence, ByteView part) {
    if (part.size() > boundary::kJournalPartBytesMax) {
        return Refusal::kJournalDamaged;
    }
    const auto clear = clear_header_of(kMagic, kHeaderBytes, part);
    if (!clear) {
        return Refusal::kJournalDamaged;
    }
    const auto opened = open_blob(kMagic, key_, kHeaderBytes, part);
    if (opened.fault != BlobFault::kNone) {
        return opened.fault == BlobFault::kOtherKey ? Refusal::kJournalSealedElsewhere
                                                    : Refusal::kJournalDamaged;
    }
    const auto header = scale::decode<PartHeader>(*clear);
    if (!header || header.value().shard != shard_) {
        return Refusal::kJournalDamaged;
    }
    if (header.value().sequence != sequence || !follows(header.value())) {
        return Refusal::kJournalGap;
    }
    append(sealed_, part);
    append(plaintext_, opened.plaintext.expose());
    if (parts_taken_ == 0) {
        first_ = header.value();
    }
    parts_taken_ += 1;
    if (parts_taken_ < first_.parts) {
        return std::optional<Record>{};
    }
    auto entry = scale::decode<JournalEntry>(plaintext_);
    const JournalHead head{.sequence = sequence, .record_hash = crypto::blake2b_256(sealed_)};
    parts_taken_ = 0;
    sealed_.clear();
    plaintext_.clear();
    if (!entry) {
        return Refusal::kJournalDamaged;
    }
    head_ = head;
    return std::optional{Record{.head = head, .is_base = first_.is_base, .entry = std::move(entry).value()}};
}

}  // namespace redoubt::enclave
