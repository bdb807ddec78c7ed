/// What a shard's database holds, as far as it can be told without opening anything sealed.
///
/// Reads beside a daemon that may be writing. Formats: docs/PROTOCOL.md, section 2. Blobs of another version
/// are counted, and what their clear headers say is left out.
#pragma once

#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace redoubt::node {

/// Which part of the database is read.
enum class SurveyDepth : std::uint8_t {
    kRecords,     ///< all but the pages of the state
    kEverything,  ///< takes as long as reading the database
};

struct JournalSurvey {
    std::optional<Hash256> genesis;  ///< of the chain it was bound to
    std::optional<Hash256> shard;
    std::uint64_t identity_bytes = 0;  ///< of the sealed identity; 0 without one
    /// Names of the sealing keys (PROTOCOL.md, section 2); nullopt where nothing is sealed.
    std::optional<Hash256> identity_key_id;
    std::optional<Hash256> journal_key_id;

    std::optional<std::uint64_t> first_sequence;
    std::optional<std::uint64_t> last_sequence;
    std::uint64_t records = 0;
    std::uint64_t parts = 0;
    std::uint64_t bytes = 0;                 ///< of all parts
    std::uint64_t bases = 0;                 ///< records that say that they hold the whole state
    std::optional<std::uint64_t> last_base;  ///< sequence of the newest of them
    std::uint64_t records_since_base = 0;    ///< what a start reads besides that base

    std::uint64_t pages = 0;  ///< sealed pages of the state
    std::uint64_t page_bytes = 0;
};

/// Reads the database in `folder`.
/// @param on_bytes  is told of the bytes of each value that was read
/// @errors kDataDirectory: none there, damaged, unreadable
[[nodiscard]] Outcome<JournalSurvey> survey_journal(
    const std::filesystem::path& folder,
    SurveyDepth depth,
    const std::function<void(std::uint64_t bytes)>& on_bytes = [](std::uint64_t) {});

}  // namespace redoubt::node
