/// `redoubtd state verify`: the enclave opens everything that a shard's database holds, and what of it cannot
/// be used is told by name.
///
/// No daemon may use the data directory. Nothing is written.
#pragma once

#include <boundary/messages.hpp>
#include <node/config.hpp>
#include <node/problem.hpp>
#include <node/shard_report.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::node {

/// A journal record that the enclave refuses.
struct BadRecord {
    std::uint64_t sequence = 0;
    std::uint32_t part = 0;
    std::string reason;
};

/// A page of the state that is not as it has to be.
struct BadPage {
    boundary::PageId id;
    std::string reason;
};

struct Verification {
    std::filesystem::path database;
    JournalSurvey journal;
    std::uint64_t pages = 0;  ///< in the database
    boundary::StateVerified state;
    std::vector<BadRecord> bad_records;
    std::vector<BadPage> bad_pages;
    /// Nothing that could be read leads to these; what is wrong with one besides is its reason.
    std::vector<BadPage> unreached;
    /// What is wrong with the database itself.
    std::vector<Problem> troubles;

    /// A worker can start on it, and everything that it may need is there. Pages that are left over do no
    /// harm.
    [[nodiscard]] bool is_whole() const;
    /// Pages that were not reached may belong below one that cannot be used.
    [[nodiscard]] bool is_cut_off() const;
    /// What a database that is not whole means for its operator.
    [[nodiscard]] Problem problem() const;
};

/// Starts the enclave, gives it the journal and every page that it asks for.
/// @errors kDataDirectory: in use, unreadable, without an identity or its platform's secret; kEnclave
[[nodiscard]] Outcome<Verification> verify_shard(const Config& config, const ShardReport& report);

/// The text that the command prints.
[[nodiscard]] std::string verification_text(const Verification& verification, bool json);

}  // namespace redoubt::node
