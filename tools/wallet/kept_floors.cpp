#include <tools/wallet/kept_floors.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <attestation/verification_time.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <primitives/hex.hpp>
#include <system_error>
#include <tools/wallet/file_descriptor.hpp>

namespace redoubt::wallet {
namespace {

using attestation::ListNumber;
using attestation::RollbackFloors;
using attestation::VerificationTime;

constexpr std::string_view kFormat = "redoubt-floors/1";
/// A CRL number has at most 20 bytes (RFC 5280, section 5.2.3); some issuers take a few more.
constexpr std::size_t kListNumberBytesMax = 64;

Failure unreadable(const std::filesystem::path& path, const std::string& why) {
    return refused("floors_unreadable",
                   path.string() + ", which says what was seen before, cannot be read: " + why,
                   "Make it readable, or begin anew with `redoubt evidence floors --reset`: what is older "
                   "than before is "
                   "not noticed then. --state names another folder.");
}

Failure unwritable(const std::filesystem::path& path, int error) {
    return refused("floors_unwritable", path.string() + " cannot be written: " + std::strerror(error),
                   "Check the owner and the free space of the folder, or choose another with --state.");
}

std::optional<ListNumber> parse_list(const Json& list) {
    if (!list.is_object() || list.size() != 2 || !list.contains("issuer") || !list.contains("number") ||
        !list["issuer"].is_string() || !list["number"].is_string()) {
        return std::nullopt;
    }
    const auto issuer = parse_hex_fixed<Hash256>(list["issuer"].get<std::string>());
    auto number = parse_hex(list["number"].get<std::string>());
    if (!issuer || !number || number.value().size() > kListNumberBytesMax) {
        return std::nullopt;
    }
    return ListNumber{issuer.value(), std::move(number).value()};
}

/// The bytes of a file; nullopt where there is none.
Fallible<std::optional<std::string>> read_text(const std::filesystem::path& path) {
    const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.is_open()) {
        return errno == ENOENT ? Fallible<std::optional<std::string>>{std::optional<std::string>{}}
                               : unreadable(path, std::strerror(errno));
    }
    struct stat status {};
    if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return unreadable(path, "it is no file");
    }
    std::string out(kFloorsFileBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < out.size()) {
        const auto count = ::read(file.get(), out.data() + size, out.size() - size);
        if (count < 0) {
            return unreadable(path, std::strerror(errno));
        }
        if (count == 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
    }
    if (size > kFloorsFileBytesMax) {
        return unreadable(path, "it is too large");
    }
    out.resize(size);
    return std::optional{std::move(out)};
}

/// Held while the file is read, raised and replaced.
Fallible<std::unique_ptr<FileDescriptor>> lock(const std::filesystem::path& folder) {
    std::error_code ignored;  // what is not there cannot be opened below
    std::filesystem::create_directories(folder.parent_path(), ignored);
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return unwritable(folder, errno);
    }
    const auto path = folder / "floors.lock";
    auto file =
        std::make_unique<FileDescriptor>(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file->is_open() || flock(file->get(), LOCK_EX) != 0) {
        return unwritable(path, errno);
    }
    return file;
}

/// @pre the lock is held, so that nobody else has the scratch file
Fallible<void> replace(const std::filesystem::path& folder,
                       const std::filesystem::path& path,
                       const Json& json) {
    const auto scratch = folder / ".floors.new";
    unlink(scratch.c_str());
    {
        const FileDescriptor file{open(scratch.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        if (!file.is_open() || !write_all(file.get(), json.dump(2) + "\n")) {
            return unwritable(scratch, errno);
        }
    }
    if (rename(scratch.c_str(), path.c_str()) != 0) {
        return unwritable(path, errno);
    }
    const FileDescriptor directory{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!directory.is_open() || fsync(directory.get()) != 0) {
        return unwritable(folder, errno);
    }
    return success();
}

}  // namespace

std::filesystem::path default_state_folder() {
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
        return std::filesystem::path{state} / "redoubt-wallet";
    }
    const char* home = std::getenv("HOME");
    return std::filesystem::path{home != nullptr ? home : "."} / ".local/state/redoubt-wallet";
}

std::string policy_key(const policy_file::PolicyDocument& policy, const std::filesystem::path& file) {
    if (!policy.sha256) {
        return {};
    }
    if (!policy.name.empty()) {
        return policy.name;
    }
    std::error_code failed;
    const auto absolute = std::filesystem::absolute(file, failed);
    return "file:" + (failed ? file : absolute).lexically_normal().string();
}

RollbackFloors Floors::of_policy(const std::string& key) const {
    auto out = seen;
    const auto revision = policy_revisions.find(key);
    out.policy_revision = revision == policy_revisions.end() ? 0 : revision->second;
    return out;
}

bool Floors::raise(const attestation::Verdict& accepted, const std::string& key, std::uint64_t revision) {
    const auto before = seen;
    seen.raise(accepted);
    if (seen.lists.size() > kKeptEntriesMax) {
        seen.lists.resize(kKeptEntriesMax);
    }
    bool has_risen = seen.time != before.time || seen.lists != before.lists;
    const auto known = policy_revisions.find(key);
    const auto floor = known == policy_revisions.end() ? 0 : known->second;
    if (!key.empty() && revision > floor &&
        (known != policy_revisions.end() || policy_revisions.size() < kKeptEntriesMax)) {
        policy_revisions[key] = revision;
        has_risen = true;
    }
    return has_risen;
}

std::optional<Floors> parse_floors(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    const auto is_number = [&](const char* name) {
        return json.contains(name) && json[name].is_number_unsigned();
    };
    if (!json.is_object() || !json.contains("format") || json["format"] != kFormat ||
        !json.contains("lists") || !json["lists"].is_array() || !json.contains("policies") ||
        !json["policies"].is_object() || json["lists"].size() > kKeptEntriesMax ||
        json["policies"].size() > kKeptEntriesMax) {
        return std::nullopt;
    }
    Floors out;
    if (json.contains("time")) {
        constexpr auto kTimeMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (!is_number("time") || json["time"].get<std::uint64_t>() > kTimeMax) {
            return std::nullopt;
        }
        out.seen.time = VerificationTime{json["time"].get<std::int64_t>()};
    }
    for (const auto& one : json["lists"]) {
        auto list = parse_list(one);
        if (!list) {
            return std::nullopt;
        }
        out.seen.lists.push_back(*std::move(list));
    }
    for (const auto& [key, revision] : json["policies"].items()) {
        if (!revision.is_number_unsigned()) {
            return std::nullopt;
        }
        out.policy_revisions[key] = revision.get<std::uint64_t>();
    }
    return out;
}

Json to_json(const Floors& floors) {
    Json out{{"format", kFormat}};
    if (floors.seen.time) {
        out["time"] = floors.seen.time->unix_seconds;
    }
    out["lists"] = Json::array();
    for (const auto& list : floors.seen.lists) {
        out["lists"].push_back(
            {{"issuer", to_hex(list.issuer_sha256.view())}, {"number", to_hex(list.number)}});
    }
    out["policies"] = Json::object();
    for (const auto& [key, revision] : floors.policy_revisions) {
        out["policies"][key] = revision;
    }
    return out;
}

RollbackFloors higher(RollbackFloors one, const RollbackFloors& other) {
    if (other.time) {
        one.time = one.time ? std::max(*one.time, *other.time) : *other.time;
    }
    for (const auto& list : other.lists) {
        const auto known = std::ranges::find(one.lists, list.issuer_sha256, &ListNumber::issuer_sha256);
        if (known == one.lists.end()) {
            one.lists.push_back(list);
        } else if (attestation::is_older_number(known->number, list.number)) {
            known->number = list.number;
        }
    }
    one.sgx_evaluation_number = std::max(one.sgx_evaluation_number, other.sgx_evaluation_number);
    one.tdx_evaluation_number = std::max(one.tdx_evaluation_number, other.tdx_evaluation_number);
    one.policy_revision = std::max(one.policy_revision, other.policy_revision);
    return one;
}

Fallible<Floors> FloorsFile::read() const {
    BOOST_OUTCOME_TRY(const auto text, read_text(path()));
    if (!text) {
        return Floors{};
    }
    auto floors = parse_floors(*text);
    if (!floors) {
        return unreadable(path(), "it is damaged, or of a later version of the wallet");
    }
    return *std::move(floors);
}

Fallible<void> FloorsFile::raise(const attestation::Verdict& accepted,
                                 const std::string& key,
                                 std::uint64_t revision) const {
    BOOST_OUTCOME_TRY(auto before, read());
    if (!before.raise(accepted, key, revision)) {
        return success();
    }
    BOOST_OUTCOME_TRY(const auto held, lock(folder_));
    // Another program may have raised it meanwhile.
    BOOST_OUTCOME_TRY(auto floors, read());
    if (!floors.raise(accepted, key, revision)) {
        return success();
    }
    return replace(folder_, path(), to_json(floors));
}

Fallible<bool> FloorsFile::forget() const {
    if (unlink(path().c_str()) == 0) {
        return true;
    }
    if (errno == ENOENT) {
        return false;
    }
    return unwritable(path(), errno);
}

}  // namespace redoubt::wallet
