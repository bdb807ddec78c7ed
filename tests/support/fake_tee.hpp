/// The files and devices of TEEs in memory, with what Linux and Gramine document of them: what a write
/// changes takes effect when its file is closed, each change of an entry raises its generation, evidence is
/// made when it is first read, calls are interrupted and move a few bytes at a time. The clock stands still
/// but when somebody waits.
///
/// The evidence has the right form and the report data that was asked for; nothing of it is signed.
#pragma once

#include <attestation/produce/tee_system.hpp>
#include <attestation/tdx/td_report.hpp>
#include <primitives/bytes.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/td_report.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace redoubt::tests {

/// A kept input of a fuzz target.
inline Bytes kept_evidence(const std::string& target, const std::string& name) {
    return to_bytes(bytes_of(read_file(source_folder() / "tests/fuzz/corpus" / target / name)));
}
inline void set_report_data(Bytes& evidence, std::size_t at, ByteView report_data) {
    std::ranges::copy(report_data, evidence.begin() + static_cast<std::ptrdiff_t>(at));
}
inline Bytes sgx_quote_over(ByteView report_data) {
    auto out = kept_evidence("dcap_quote", "sgx_v3");
    set_report_data(out, 48 + 320, report_data);
    return out;
}
inline Bytes tdx_quote_over(ByteView report_data) {
    auto out = kept_evidence("dcap_quote", "tdx_v4");
    set_report_data(out, 48 + 520, report_data);
    return out;
}
inline Bytes snp_report_over(ByteView report_data) {
    auto out = kept_evidence("snp_report", "milan_v2");
    set_report_data(out, 0x50, report_data);
    return out;
}

/// In a buffer of a fixed size, as transports hand it out.
inline Bytes padded(Bytes evidence) {
    evidence.resize(std::max<std::size_t>(8'000, evidence.size() + 70));
    return evidence;
}

/// A token whose realm was given this challenge; it is the last one of 64 bytes in it.
inline Bytes cca_token_over(ByteView report_data) {
    constexpr std::array<std::uint8_t, 3> kChallenge{0x0a, 0x58, 0x40};
    auto out = kept_evidence("cca_verify", "collection");
    const auto found = std::ranges::find_end(out, kChallenge);
    set_report_data(out, static_cast<std::size_t>(found.end() - out.begin()), report_data);
    return out;
}

class FakeTee final : public attestation::produce::TeeSystem {
  public:
    using Make = std::function<Bytes(ByteView report_data)>;

    // What is there. -------------------------------------------------------------------------------
    /// configfs-tsm's provider; absent: there is no configfs-tsm.
    std::optional<std::string> provider;
    bool has_auxblob = false;
    Bytes auxblob;
    bool has_sev_guest = false;
    bool has_tdx_guest = false;
    std::optional<std::string> tdx_settings;
    std::optional<std::uint32_t> quoting_port;
    /// Gramine's attestation type; absent: there is no /dev/attestation.
    std::optional<std::string> gramine;

    Make make_evidence = tdx_quote_over;
    Bytes certificates;  ///< the host's table for /dev/sev-guest
    Bytes seal_key = Bytes(16, 7);
    std::uint32_t firmware_status = 0;
    std::uint32_t quoting_failure = 0;
    bool leaves_connection_short = false;

    // How it misbehaves. ---------------------------------------------------------------------------
    /// Errors that reading evidence gives, one after the other.
    std::deque<int> evidence_errors;
    /// Errors that ioctls give, each with an error of the host.
    std::deque<std::pair<int, std::uint32_t>> control_errors;
    /// Runs before evidence is made, with the entry's folder.
    std::function<void(const std::string& entry)> interfere;
    std::size_t step = 7;               ///< bytes that one call moves at most
    std::uint64_t interrupt_every = 3;  ///< calls; 0 never
    bool drops_writes = false;          ///< the write is refused where nobody sees it: at the close
    std::map<std::string, int> open_errors;

    // What was seen. -------------------------------------------------------------------------------
    std::uint64_t clock_ms = 0;
    std::size_t evidence_made = 0;
    std::vector<std::uint64_t> waits;
    std::vector<Bytes> control_messages;
    std::uint64_t key_fields = 0;  ///< what was mixed into the derived key
    std::set<std::string> entries_left() const {
        std::set<std::string> out;
        for (const auto& [path, entry] : entries_) {
            out.insert(path);
        }
        return out;
    }
    std::size_t files_open() const { return files_.size(); }

    /// Another program writes to an entry.
    void write_inblob(const std::string& entry, Bytes bytes) {
        entries_.at(entry).inblob = std::move(bytes);
        ++entries_.at(entry).generation;
    }
    void change_provider(std::string name) { provider = std::move(name); }

    // TeeSystem --------------------------------------------------------------------------------------
    long open(const std::string& path, Access access) override {
        if (is_interrupted()) {
            return -EINTR;
        }
        if (const auto found = open_errors.find(path); found != open_errors.end()) {
            return -found->second;
        }
        File file{.path = path};
        if (access == Access::kRead || path.starts_with("/dev/attestation")) {
            const auto error = access == Access::kRead ? load(file) : 0;
            if (error != 0) {
                return -error;
            }
        }
        if (!exists(path)) {
            return -ENOENT;
        }
        files_.emplace(++last_, std::move(file));
        return last_;
    }
    long read(long descriptor, std::span<std::uint8_t> out) override {
        if (is_interrupted()) {
            return -EINTR;
        }
        auto& file = files_.at(descriptor);
        if (file.is_service && !file.answered) {
            answer(file);
        }
        if (!file.content) {
            const auto error = make_content(file);
            if (error != 0) {
                return -error;
            }
        }
        const auto count = std::min({out.size(), step, file.content->size() - file.position});
        std::copy_n(file.content->begin() + static_cast<std::ptrdiff_t>(file.position), count, out.begin());
        file.position += count;
        return static_cast<long>(count);
    }
    long write(long descriptor, ByteView bytes) override {
        if (is_interrupted()) {
            return -EINTR;
        }
        const auto count = std::min(bytes.size(), step);
        append(files_.at(descriptor).written, bytes.first(count));
        return static_cast<long>(count);
    }
    void close(long descriptor) override {
        const auto file = std::move(files_.at(descriptor));
        files_.erase(descriptor);
        if (file.written.empty() || drops_writes || file.is_service) {
            return;
        }
        const auto [folder, name] = split(file.path);
        if (name == "inblob" && file.written.size() <= 64) {
            write_inblob(folder, file.written);
        } else if (name == "user_report_data") {
            user_report_data_ = file.written;
        } else if (name == "target_info") {
            target_info_ = file.written;
        }
    }
    long make_folder(const std::string& path) override {
        if (is_interrupted()) {
            return -EINTR;
        }
        if (!provider) {
            return -ENOENT;
        }
        return entries_.try_emplace(path).second ? 0 : -EEXIST;
    }
    long remove_folder(const std::string& path) override { return entries_.erase(path) == 1 ? 0 : -ENOENT; }
    long control(long, std::uint32_t request, std::span<std::uint8_t> argument) override {
        control_messages.push_back(to_bytes(argument));
        if (!control_errors.empty()) {
            const auto [error, host_error] = control_errors.front();
            control_errors.pop_front();
            if (argument.size() == 32) {
                std::memcpy(argument.data() + 28, &host_error, 4);
            }
            return -error;
        }
        switch (request) {
            case 0xC4405401:
                return td_report(argument);
            case 0xC0205302:
                return snp_report(argument);
            case 0xC0205301:
                return snp_key(argument);
            default:
                return -ENOTTY;
        }
    }
    long connect_host(std::uint32_t port) override {
        if (is_interrupted()) {
            return -EINTR;
        }
        if (port != quoting_port) {
            return -ECONNREFUSED;
        }
        files_.emplace(++last_,
                       File{.path = {}, .content = {}, .position = 0, .written = {}, .is_service = true});
        return last_;
    }
    std::uint64_t now_ms() override { return clock_ms; }
    std::uint64_t unix_time_s() override { return 1'700'000'000; }
    void wait_ms(std::uint64_t duration_ms) override {
        waits.push_back(duration_ms);
        clock_ms += duration_ms;
    }
    void fill_random(std::span<std::uint8_t> out) override {
        for (auto& byte : out) {
            byte = ++random_;
        }
    }

  private:
    struct Entry {
        Bytes inblob;
        std::uint64_t generation = 0;
    };
    struct File {
        std::string path;
        std::optional<Bytes> content{};
        std::size_t position = 0;
        Bytes written{};
        bool is_service = false;
        bool answered = false;
    };

    static std::pair<std::string, std::string> split(const std::string& path) {
        const auto slash = path.rfind('/');
        return {path.substr(0, slash), path.substr(slash + 1)};
    }
    bool is_interrupted() { return interrupt_every != 0 && ++calls_ % interrupt_every == 0; }

    bool exists(const std::string& path) const {
        if (path == "/dev/sev-guest") {
            return has_sev_guest;
        }
        if (path == "/dev/tdx_guest") {
            return has_tdx_guest;
        }
        if (path == "/etc/tdx-attest.conf") {
            return tdx_settings.has_value();
        }
        const auto [folder, name] = split(path);
        if (folder.starts_with("/dev/attestation")) {
            return gramine.has_value();
        }
        return entries_.contains(folder) && (name != "auxblob" || has_auxblob);
    }

    /// Gramine makes the content of a file when it is opened.
    int load(File& file) {
        const auto [folder, name] = split(file.path);
        if (!folder.starts_with("/dev/attestation") || !gramine) {
            return 0;
        }
        if (name == "attestation_type") {
            file.content = to_bytes(bytes_of(*gramine));
        } else if (name == "my_target_info") {
            file.content = my_target_info();
        } else if (name == "report") {
            if (target_info_.size() != 512 || user_report_data_.size() != 64) {
                return EINVAL;
            }
            file.content = sgx_report();
        } else if (name == "quote") {
            return make_into(file, user_report_data_, {});
        } else if (name == "_sgx_mrenclave") {
            file.content = seal_key;
        } else {
            return ENOENT;
        }
        return 0;
    }

    int make_content(File& file) {
        const auto [folder, name] = split(file.path);
        if (file.path == "/etc/tdx-attest.conf") {
            file.content = to_bytes(bytes_of(*tdx_settings));
            return 0;
        }
        const auto entry = entries_.find(folder);
        if (entry == entries_.end()) {
            return EIO;
        }
        if (name == "provider") {
            file.content = to_bytes(bytes_of(*provider + "\n"));
        } else if (name == "generation") {
            file.content = to_bytes(bytes_of(std::to_string(entry->second.generation) + "\n"));
        } else if (name == "auxblob") {
            file.content = auxblob;
        } else if (name == "outblob") {
            return make_into(file, entry->second.inblob, folder);
        } else {
            return EACCES;
        }
        return 0;
    }

    int make_into(File& file, const Bytes& report_data, const std::string& entry) {
        if (interfere) {
            interfere(entry);
        }
        if (!evidence_errors.empty()) {
            const auto error = evidence_errors.front();
            evidence_errors.pop_front();
            return error;
        }
        if (report_data.size() != 64) {
            return EINVAL;
        }
        ++evidence_made;
        file.content = make_evidence(report_data);
        return 0;
    }

    Bytes my_target_info() const {
        Bytes out(512);
        const auto quote = make_evidence(Bytes(64));
        std::copy_n(quote.begin() + 48 + 64, 32, out.begin());
        return out;
    }
    Bytes sgx_report() const {
        const auto quote = make_evidence(user_report_data_);
        Bytes out(quote.begin() + 48, quote.begin() + 48 + 384);
        out.resize(432);
        return out;
    }

    long td_report(std::span<std::uint8_t> argument) {
        answer_td_report(argument.first<kTdReportRequestBytes>());
        return 0;
    }

    template <class Value>
    static Value value_at(std::span<const std::uint8_t> bytes, std::size_t at) {
        Value out{};
        std::memcpy(&out, bytes.data() + at, sizeof(out));
        return out;
    }
    static std::uint8_t* memory_at(std::span<const std::uint8_t> bytes, std::size_t at) {
        return reinterpret_cast<std::uint8_t*>(value_at<std::uintptr_t>(bytes, at));
    }

    long snp_report(std::span<std::uint8_t> argument) {
        auto* const question = memory_at(argument, 8);
        auto* const answer = memory_at(argument, 16);
        const std::span request{question, 112};
        const auto room = value_at<std::uint32_t>(request, 104);
        if (room < certificates.size()) {
            const auto needed = static_cast<std::uint32_t>(certificates.size());
            std::memcpy(question + 104, &needed, 4);
            const std::uint32_t no_room = 1;
            std::memcpy(argument.data() + 28, &no_room, 4);
            return -EIO;
        }
        std::copy(certificates.begin(), certificates.end(), memory_at(request, 96));
        const auto report = make_evidence(request.first(64));
        const auto size = static_cast<std::uint32_t>(report.size());
        std::memcpy(answer, &firmware_status, 4);
        std::memcpy(answer + 4, &size, 4);
        std::copy(report.begin(), report.end(), answer + 32);
        ++evidence_made;
        return 0;
    }
    /// Another key for each choice of what is mixed in.
    long snp_key(std::span<std::uint8_t> argument) {
        const auto* const question = memory_at(argument, 8);
        auto* const answer = memory_at(argument, 16);
        key_fields = value_at<std::uint64_t>({question, 32}, 8);
        const auto key = attestation::sha2_256({ByteView{question, 32}});
        std::memcpy(answer, &firmware_status, 4);
        std::copy(key.begin(), key.end(), answer + 32);
        return 0;
    }

    /// The quoting service's answer to what was written.
    void answer(File& file) {
        file.answered = true;
        const ByteView request{file.written};
        Bytes quote;
        if (request.size() == 4 + 16 + 8 + 1024) {
            quote = make_evidence(request.subspan(4 + 16 + 8 + 128, 64));
        }
        const auto put = [](Bytes& out, std::uint64_t value, std::size_t bytes) {
            for (std::size_t i = 0; i < bytes; ++i) {
                out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
            }
        };
        Bytes message;
        const std::string identity = "qe";
        const auto size = 16 + 8 + identity.size() + quote.size();
        put(message, 1, 2);
        put(message, 1, 2);
        put(message, 1, 4);
        put(message, size, 4);
        put(message, quoting_failure, 4);
        put(message, identity.size(), 4);
        put(message, quote.size(), 4);
        append(message, bytes_of(identity));
        append(message, quote);
        Bytes framed;
        for (int shift = 24; shift >= 0; shift -= 8) {
            framed.push_back(static_cast<std::uint8_t>(size >> shift));
        }
        append(framed, message);
        if (leaves_connection_short) {
            framed.resize(framed.size() / 2);
        }
        ++evidence_made;
        file.content = std::move(framed);
    }

    std::map<std::string, Entry> entries_;
    std::map<long, File> files_;
    long last_ = 2;
    std::uint64_t calls_ = 0;
    std::uint8_t random_ = 0;
    Bytes user_report_data_;
    Bytes target_info_;
};

}  // namespace redoubt::tests
