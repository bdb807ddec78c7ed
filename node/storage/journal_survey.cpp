#include <node/storage/journal_survey.hpp>

#include <node/storage/database.hpp>

#include <algorithm>
#include <string_view>

namespace redoubt::node {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::string_view kRecordMagic = "RDJ4";
/// In front of the flag in a part's clear header: the shard and the sequence.
constexpr std::size_t kIsBaseAt = kMagicBytes + Hash256::kSize + Hash256::kSize + 8;

std::optional<Hash256> hash_at(ByteView bytes, std::size_t at) {
    if (bytes.size() < at + Hash256::kSize) {
        return std::nullopt;
    }
    return Hash256::copy_of(bytes.subspan(at).first<Hash256::kSize>());
}

/// The key id of a sealed blob.
std::optional<Hash256> key_id_of(ByteView blob) {
    return hash_at(blob, kMagicBytes);
}

bool says_base(ByteView part) {
    return part.size() > kIsBaseAt && equal(part.first(kMagicBytes), bytes_of(kRecordMagic)) &&
           part[kIsBaseAt] == 1;
}

Outcome<std::optional<Hash256>> stored_hash(const Database& database, std::string_view key) {
    BOOST_OUTCOME_TRY(const auto stored, database.get(bytes_of(key)));
    return stored && stored->size() == Hash256::kSize ? hash_at(*stored, 0) : std::nullopt;
}

/// The sequence in the key of a part: after the letter, big-endian.
std::uint64_t sequence_of(ByteView key) {
    std::uint64_t value = 0;
    for (const auto byte : key.subspan(1, std::min<std::size_t>(8, key.size() - 1))) {
        value = value << 8 | byte;
    }
    return value;
}

void count_part(JournalSurvey& survey, ByteView key, ByteView part) {
    const auto sequence = sequence_of(key);
    if (survey.last_sequence != sequence) {
        survey.records += 1;
        survey.records_since_base += 1;
        if (says_base(part)) {
            survey.records_since_base = 0;
            survey.bases += 1;
            survey.last_base = sequence;
        }
    }
    survey.first_sequence = survey.first_sequence.value_or(sequence);
    survey.last_sequence = sequence;
    survey.parts += 1;
    survey.bytes += part.size();
    survey.journal_key_id = key_id_of(part);
}

}  // namespace

Outcome<JournalSurvey> survey_journal(const std::filesystem::path& folder,
                                      SurveyDepth depth,
                                      const std::function<void(std::uint64_t bytes)>& on_bytes) {
    BOOST_OUTCOME_TRY(const auto database, Database::open_read_only(folder));
    JournalSurvey out;
    BOOST_OUTCOME_TRY(out.genesis, stored_hash(*database, "genesis"));
    BOOST_OUTCOME_TRY(out.shard, stored_hash(*database, "shard"));
    BOOST_OUTCOME_TRY(const auto identity, database->get(bytes_of("identity")));
    if (identity) {
        out.identity_bytes = identity->size();
        out.identity_key_id = key_id_of(*identity);
    }
    BOOST_OUTCOME_TRY(database->scan(bytes_of("j"), bytes_of("k"), [&](ByteView key, ByteView part) {
        count_part(out, key, part);
        on_bytes(part.size());
        return true;
    }));
    if (depth == SurveyDepth::kEverything) {
        BOOST_OUTCOME_TRY(database->scan(bytes_of("p"), bytes_of("q"), [&](ByteView, ByteView page) {
            on_bytes(page.size());
            out.pages += 1;
            out.page_bytes += page.size();
            return true;
        }));
    }
    return out;
}

}  // namespace redoubt::node
