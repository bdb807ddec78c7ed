#include <node/state_verification.hpp>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/enclave_arguments.hpp>
#include <node/enclave_channel.hpp>
#include <node/enclave_process.hpp>
#include <node/enclave_start.hpp>
#include <node/progress.hpp>
#include <node/report_text.hpp>
#include <node/storage/journal.hpp>
#include <primitives/hex.hpp>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace redoubt::node {
namespace {

namespace asio = boost::asio;
using boundary::PageId;
using boundary::Refusal;
using Json = nlohmann::ordered_json;

constexpr std::size_t kJournalBatchBytes = std::size_t{8} << 20;
constexpr std::uint32_t kPagesPerStep = 256;
constexpr std::chrono::seconds kExitWait{5};

std::string words_of(std::uint32_t refusal) {
    return std::string{error_message(static_cast<Refusal>(refusal))};
}

/// One verification, from the first record to the last page.
class Run {
  public:
    Run(const Config& config, const ShardReport& report, std::unique_ptr<Journal> journal)
        : config_(config), report_(report), journal_(std::move(journal)) {
        out_.database = report.place.database();
        out_.journal = *report.journal;
    }

    /// Reads through the database once. Damage that the database notices is kept, and what can be read is
    /// told.
    void list_pages() {
        Progress progress{"reading", report_.bytes()};
        auto listed = journal_->for_each_page([&](const PageId& id, ByteView sealed) {
            unreached_.insert(id);
            page_bytes_ += sealed.size();
            progress.add(sealed.size());
        });
        if (listed.has_error()) {
            out_.troubles.push_back(listed.error());
        }
        out_.pages = unreached_.size();
    }

    Outcome<Verification> verify(const std::filesystem::path& sim_platform) {
        asio::io_context io{1};
        std::optional<Outcome<>> done;
        {
            rpc::TaskGroup tasks{io.get_executor()};
            tasks.spawn(talk(this, io.get_executor(), sim_platform, &done));
            io.run();
        }
        REDOUBT_ASSERT(done.has_value());
        BOOST_OUTCOME_TRY(std::move(*done));
        return std::move(out_);
    }

  private:
    static Task<void> talk(Run* self,
                           Executor executor,
                           std::filesystem::path sim_platform,
                           std::optional<Outcome<>>* done) {
        auto process = EnclaveProcess::start(executor, enclave_launch(self->config_, sim_platform));
        if (!process.has_value()) {
            done->emplace(process.error());
            co_return;
        }
        PageReader reader = [self](PageId id, bool) { return give_page(self, id); };
        const auto channel = std::make_shared<EnclaveChannel>(
            executor, process.value()->take_channel(), self->config_.enclave_timeout, std::move(reader));
        auto result = co_await self->converse(channel);
        channel->close();
        if (!co_await process.value()->wait_exit_for(kExitWait)) {
            process.value()->kill();
        }
        const auto how = co_await process.value()->wait_exit();
        if (result.has_error() && result.error().exit_code == ExitCode::kEnclave) {
            result.error().cause += fmt::format(" ({})", how);
        }
        done->emplace(std::move(result));
    }

    static Task<std::optional<Bytes>> give_page(Run* self, PageId id) {
        auto page = self->journal_->page(id, false);
        self->unreached_.erase(id);
        if (!page.has_value()) {
            self->unreadable_[id] = page.error().cause;
            co_return std::nullopt;
        }
        if (page.value().sealed && self->progress_) {
            self->progress_->add(page.value().sealed->size());
        }
        co_return std::move(page.value().sealed);
    }

    /// An error that is no finding.
    static Problem problem_of(std::error_code error) {
        if (is_refusal(error)) {
            return problem_of_refusal(error);
        }
        return Problem{ExitCode::kEnclave, fmt::format("the enclave failed: {}", error.message()),
                       "Look at the lines that start with \"enclave:\" above; run with --log-level debug."};
    }

    Task<Outcome<>> converse(EnclaveLinkPtr link) {
        auto identity = journal_->sealed_identity();
        if (!identity.has_value()) {
            co_return identity.error();
        }
        boundary::ToEnclave hello = boundary::Hello{};
        const auto greeted = co_await ask<boundary::HelloReply>(link, std::move(hello));
        if (!greeted.has_value()) {
            co_return problem_of(greeted.error());
        }
        boundary::ToEnclave start = boundary::StartVerifying{std::move(identity.value()).value_or(Bytes{})};
        const auto started = co_await ask<boundary::VerifyingStarted>(link, std::move(start));
        if (!started.has_value()) {
            co_return problem_of(started.error());
        }
        compare("shard", started.value().shard, report_.journal->shard);
        compare("chain", started.value().genesis_hash, report_.journal->genesis);
        progress_.emplace("verifying", page_bytes_ + report_.journal->bytes);
        auto given = co_await give_journal(link);
        if (given.has_value()) {
            given = co_await verify_pages(link);
        }
        progress_.reset();
        co_return given;
    }

    void compare(std::string_view what, const Hash256& sealed, const std::optional<Hash256>& stored) {
        if (stored != sealed) {
            out_.troubles.push_back(
                {ExitCode::kDataDirectory,
                 fmt::format("the database {} says that its {} is {}, its identity was made for {}",
                             out_.database.string(), what,
                             stored ? to_hex_0x(stored->view()) : std::string{"unknown"},
                             to_hex_0x(sealed.view())),
                 "Restore the shard from a backup."});
        }
    }

    Task<Outcome<>> give_journal(EnclaveLinkPtr link) {
        std::optional<JournalPart> last;
        for (;;) {
            auto parts = journal_->read_after(last, kJournalBatchBytes);
            if (!parts.has_value()) {
                out_.troubles.push_back(parts.error());
                co_return success();
            }
            if (parts.value().empty()) {
                co_return success();
            }
            for (auto& part : parts.value()) {
                last = JournalPart{part.sequence, part.index, {}};
                progress_->add(part.sealed.size());
                boundary::ToEnclave message = boundary::Restore{part.sequence, std::move(part.sealed)};
                const auto taken = co_await ask<boundary::Restored>(link, std::move(message));
                if (taken.has_value()) {
                    continue;
                }
                if (!is_refusal(taken.error())) {
                    co_return problem_of(taken.error());
                }
                // The parts after one that is refused are refused too.
                if (out_.bad_records.empty() || out_.bad_records.back().sequence != last->sequence) {
                    out_.bad_records.push_back({last->sequence, last->index, taken.error().message()});
                }
            }
        }
    }

    Task<Outcome<>> verify_pages(EnclaveLinkPtr link) {
        do {
            boundary::ToEnclave message = boundary::VerifyState{.pages_max = kPagesPerStep, .unreached = {}};
            auto verified = co_await ask<boundary::StateVerified>(link, std::move(message));
            if (!verified.has_value()) {
                co_return problem_of(verified.error());
            }
            out_.state = std::move(verified.value());
            for (const auto& fault : std::exchange(out_.state.faults, {})) {
                out_.bad_pages.push_back({fault.id, reason_of(fault)});
            }
        } while (!out_.state.done);
        std::unordered_map<PageId, std::size_t> places;
        for (const auto& id : unreached_) {
            places[id] = out_.unreached.size();
            out_.unreached.push_back({id, {}});
        }
        for (std::size_t at = 0; at < out_.unreached.size();) {
            boundary::VerifyState look;
            for (; at < out_.unreached.size() && look.unreached.size() < boundary::kVerifyPagesMax; ++at) {
                look.unreached.push_back(out_.unreached[at].id);
            }
            boundary::ToEnclave message = std::move(look);
            auto looked = co_await ask<boundary::StateVerified>(link, std::move(message));
            if (!looked.has_value()) {
                co_return problem_of(looked.error());
            }
            for (const auto& fault : looked.value().faults) {
                if (const auto place = places.find(fault.id); place != places.end()) {
                    out_.unreached[place->second].reason = reason_of(fault);
                }
            }
        }
        co_return success();
    }

    std::string reason_of(const boundary::PageFault& fault) const {
        const auto found = unreadable_.find(fault.id);
        return found == unreadable_.end() ? words_of(fault.reason) : found->second;
    }

    const Config& config_;
    const ShardReport& report_;
    std::unique_ptr<Journal> journal_;
    Verification out_;
    std::uint64_t page_bytes_ = 0;
    std::unordered_set<PageId> unreached_;
    std::unordered_map<PageId, std::string> unreadable_;  ///< what the database says of a page
    std::optional<Progress> progress_;
};

std::string name_of(const BadPage& page) {
    return to_hex_0x(page.id.view());
}

Json trie_json(const boundary::VerifiedTrie& trie) {
    return Json{
        {"root", to_hex_0x(trie.root.view())}, {"entries", trie.entries},         {"bytes", trie.bytes},
        {"entries_found", trie.entries_found}, {"bytes_found", trie.bytes_found}, {"pages", trie.pages}};
}

std::string trie_line(std::string_view name, const boundary::VerifiedTrie& trie) {
    return fmt::format("  {:<11} {} entries, {} of keys and values, in {} pages; root {}\n", name,
                       trie.entries, size_text(trie.bytes), trie.pages, to_hex_0x(trie.root.view()));
}

std::string count_line(std::string_view name, const boundary::VerifiedTrie& trie) {
    return trie.entries == trie.entries_found && trie.bytes == trie.bytes_found
               ? std::string{}
               : fmt::format("  {:<11} {} entries, {} were found\n", name, trie.entries_found,
                             size_text(trie.bytes_found));
}

template <class T>
Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

std::string json_text(const Verification& verification) {
    const auto& state = verification.state;
    Json out{{"shard", nullptr},
             {"database", verification.database.string()},
             {"whole", verification.is_whole()},
             {"sequence", state.sequence},
             {"block", nullptr},
             {"base", optional_json(state.base)},
             {"records", verification.journal.records},
             {"pages", verification.pages},
             {"state", trie_json(state.shard)},
             {"worker_state", trie_json(state.worker)},
             {"state_hash", state.state_hash ? Json(to_hex_0x(state.state_hash->view())) : Json(nullptr)},
             {"bad_records", Json::array()},
             {"record_cut_off", !state.is_complete},
             {"differs_at", optional_json(state.differs_at)},
             {"bad_pages", Json::array()},
             {"unreached_pages", Json::array()},
             {"left_over", !verification.is_cut_off()},
             {"database_problems", Json::array()},
             {"problem", nullptr}};
    if (const auto& shard = verification.journal.shard) {
        out["shard"] = to_hex_0x(shard->view());
    }
    if (state.block) {
        out["block"] = {{"number", state.block->number}, {"hash", to_hex_0x(state.block->hash.view())}};
    }
    for (const auto& record : verification.bad_records) {
        out["bad_records"].push_back(
            {{"sequence", record.sequence}, {"part", record.part}, {"reason", record.reason}});
    }
    for (const auto& page : verification.bad_pages) {
        out["bad_pages"].push_back({{"page", name_of(page)}, {"reason", page.reason}});
    }
    for (const auto& page : verification.unreached) {
        out["unreached_pages"].push_back(
            {{"page", name_of(page)}, {"reason", page.reason.empty() ? Json(nullptr) : Json(page.reason)}});
    }
    for (const auto& trouble : verification.troubles) {
        out["database_problems"].push_back({{"cause", trouble.cause}, {"remedy", trouble.remedy}});
    }
    if (!verification.is_whole()) {
        const auto problem = verification.problem();
        out["problem"] = {{"cause", problem.cause}, {"remedy", problem.remedy}};
    }
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The lines about what was read.
std::string found_text(const Verification& verification) {
    const auto& state = verification.state;
    if (!state.base) {
        return verification.journal.records == 0
                   ? std::string{"  journal     empty: nothing was imported yet\n"}
                   : fmt::format("  journal     {} records, no base of which can be used\n",
                                 verification.journal.records);
    }
    auto out = fmt::format("  journal     {} records, used up to record {} of block {} {}; base record {}\n",
                           verification.journal.records, state.sequence, state.block->number,
                           to_hex_0x(state.block->hash.view()), *state.base);
    out += trie_line("shard", state.shard) + trie_line("worker", state.worker);
    if (state.state_hash) {
        out += fmt::format("  state hash  {}\n", to_hex_0x(state.state_hash->view()));
    }
    return out;
}

/// The lines about what cannot be used.
std::string faults_text(const Verification& verification) {
    const auto& state = verification.state;
    std::string out;
    for (const auto& trouble : verification.troubles) {
        out += fmt::format("  {}. {}\n", trouble.cause, trouble.remedy);
    }
    for (const auto& record : verification.bad_records) {
        out += fmt::format("  record {}, part {}: {}\n", record.sequence, record.part, record.reason);
    }
    if (!verification.bad_records.empty()) {
        out += fmt::format("  No record from {} on can be used; those after it were opened.\n",
                           verification.bad_records.front().sequence);
    }
    if (!state.is_complete) {
        out += "  the last record lacks parts\n";
    }
    for (const auto& page : verification.bad_pages) {
        out += fmt::format("  page {}: {}\n", name_of(page), page.reason);
    }
    if (state.differs_at) {
        out += fmt::format("  record {}: its changes do not give the state that was sealed with it\n",
                           *state.differs_at);
    }
    if (state.base) {
        out += count_line("shard", state.shard) + count_line("worker", state.worker);
    }
    return out;
}

/// The lines about pages that nothing led to.
std::string unreached_text(const Verification& verification) {
    if (verification.unreached.empty()) {
        return {};
    }
    const bool is_cut_off = verification.is_cut_off();
    auto out = is_cut_off
                   ? fmt::format(
                         "  {} pages could not be reached: they lie below what cannot be used, "
                         "or are left over. Opened, but not compared with anything:\n",
                         verification.unreached.size())
                   : fmt::format("  {} pages are left over: nothing leads to them, and they do no harm\n",
                                 verification.unreached.size());
    for (const auto& page : verification.unreached) {
        out += fmt::format("  page {}: {}\n", name_of(page),
                           page.reason.empty() ? "it is genuine" : std::string_view{page.reason});
    }
    return out;
}

}  // namespace

Problem Verification::problem() const {
    std::string what;
    const auto add = [&what](std::size_t count, std::string_view one, std::string_view several) {
        if (count > 0) {
            what += fmt::format("{}{} {}", what.empty() ? "" : ", ", count, count == 1 ? one : several);
        }
    };
    add(bad_records.size(), "record", "records");
    add(bad_pages.size(), "page", "pages");
    if (what.empty()) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("the database {} does not hold what was sealed", database.string()),
                       "Restore the shard from its newest backup."};
    }
    return Problem{
        ExitCode::kDataDirectory,
        fmt::format("the database {} is damaged: {} cannot be used", database.string(), what),
        "Restore the shard from its newest backup (redoubtd state restore), or the whole data directory. "
        "Look at the disk too: only what altered files can do this."};
}

bool Verification::is_cut_off() const {
    return !bad_pages.empty() || (!state.base && (journal.records > 0 || !unreached.empty()));
}

bool Verification::is_whole() const {
    const auto counts = [](const boundary::VerifiedTrie& trie) {
        return trie.entries == trie.entries_found && trie.bytes == trie.bytes_found;
    };
    return troubles.empty() && bad_records.empty() && bad_pages.empty() && !is_cut_off() &&
           state.is_complete && !state.differs_at && counts(state.shard) && counts(state.worker);
}

Outcome<Verification> verify_shard(const Config& config, const ShardReport& report) {
    BOOST_OUTCOME_TRY(const auto directory, DataDir::open(config.data_dir));
    if (report.problem) {
        return *report.problem;
    }
    if (report.journal->identity_bytes == 0) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("the database {} holds no identity of an enclave, and so nothing that can "
                                   "be opened",
                                   report.place.database().string()),
                       "Start the worker once (redoubtd run), or restore a backup."};
    }
    if (config.tee == TeeChoice::kSimulation) {
        BOOST_OUTCOME_TRY(directory.provide_sim_platform(true));
    }
    BOOST_OUTCOME_TRY(auto journal, Journal::open_read_only(report.place.database()));
    Run run{config, report, std::move(journal)};
    run.list_pages();
    return run.verify(directory.sim_platform());
}

std::string verification_text(const Verification& verification, bool json) {
    if (json) {
        return json_text(verification);
    }
    const auto& shard = verification.journal.shard;
    auto out = fmt::format("{}\n", shard ? to_hex_0x(shard->view()) : std::string{"(shard not known)"});
    out += fmt::format("  database    {}\n", verification.database.string());
    out += found_text(verification) + faults_text(verification) + unreached_text(verification);
    return out + (verification.is_whole() ? "  verified    everything is as it was sealed\n" : "");
}

}  // namespace redoubt::node
