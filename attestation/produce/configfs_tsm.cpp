#include <attestation/produce/configfs_tsm.hpp>

#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/tee_files.hpp>
#include <primitives/hex.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

namespace redoubt::attestation::produce {

namespace {

constexpr std::size_t kTextBytesMax = 4096;
/// Names that were taken already before a free one is found.
constexpr int kNamesMax = 8;

struct KnownProvider {
    std::string_view name;
    EvidenceType type;
};
constexpr std::array kProviders = {
    KnownProvider{"sev_guest", EvidenceType::kSnp},
    KnownProvider{"tdx_guest", EvidenceType::kTdxDcap},
    KnownProvider{"arm_cca_guest", EvidenceType::kCca},
};

std::error_code system_error(long negative) {
    return {static_cast<int>(-negative), std::generic_category()};
}

/// An entry of the folder, removed when it goes.
class Entry {
  public:
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    Entry(Entry&& other) noexcept : system_(other.system_), path_(std::exchange(other.path_, {})) {}
    Entry& operator=(Entry&&) = delete;
    ~Entry() {
        if (!path_.empty()) {
            static_cast<void>(system_.remove_folder(path_));  // the kernel forgets it at the next start
        }
    }

    static Result<Entry> make(TeeSystem& system, const std::string& folder) {
        for (int i = 0; i < kNamesMax; ++i) {
            std::array<std::uint8_t, 8> name{};
            system.fill_random(name);
            auto path = folder + "/redoubt-" + to_hex(name);
            const auto made = system.make_folder(path);
            if (made >= 0) {
                return Entry{system, std::move(path)};
            }
            if (made != -EEXIST && made != -EINTR) {
                return system_error(made);
            }
        }
        return std::make_error_code(std::errc::device_or_resource_busy);
    }

    [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string{name}; }

    [[nodiscard]] Result<std::string> text(std::string_view name) const {
        BOOST_OUTCOME_TRY(const auto bytes, read_file(system_, file(name), kTextBytesMax));
        std::string out{text_of(bytes)};
        if (!out.empty() && out.back() == '\n') {
            out.pop_back();
        }
        return out;
    }

    [[nodiscard]] Result<std::uint64_t> generation() const {
        BOOST_OUTCOME_TRY(const auto digits, text("generation"));
        std::uint64_t out = 0;
        const auto* const end = digits.data() + digits.size();
        const auto parsed = std::from_chars(digits.data(), end, out);
        if (parsed.ec != std::errc{} || parsed.ptr != end) {
            return ProduceError::kShortAnswer;
        }
        return out;
    }

    [[nodiscard]] Result<EvidenceType> provider() const {
        BOOST_OUTCOME_TRY(const auto name, text("provider"));
        for (const auto& known : kProviders) {
            if (known.name == name) {
                return known.type;
            }
        }
        return ProduceError::kWrongProvider;
    }

  private:
    Entry(TeeSystem& system, std::string path) : system_(system), path_(std::move(path)) {}
    TeeSystem& system_;
    std::string path_;
};

}  // namespace

Result<std::unique_ptr<ConfigfsTsm>> ConfigfsTsm::open(TeeSystem& system, std::string folder) {
    std::unique_ptr<ConfigfsTsm> out{new ConfigfsTsm{system, std::move(folder)}};
    const auto entry = Entry::make(system, out->folder_);
    if (!entry) {
        return explain(entry.error());
    }
    const auto type = entry.value().provider();
    if (!type) {
        return explain(type.error());
    }
    out->type_ = type.value();
    return out;
}

Result<Evidence> ConfigfsTsm::generate(ReportData report_data) {
    BackOff back_off{system_};
    for (;;) {
        auto made = try_once(report_data);
        if (made) {
            return made;
        }
        const bool may_succeed = is_busy(made.error()) || made.error() == ProduceError::kInterfered;
        if (!may_succeed || !back_off.wait()) {
            return explain(made.error());
        }
    }
}

Result<Evidence> ConfigfsTsm::try_once(ReportData report_data) {
    BOOST_OUTCOME_TRY(const auto entry, Entry::make(system_, folder_));
    BOOST_OUTCOME_TRY(const auto type, entry.provider());
    if (type != type_) {
        return ProduceError::kWrongProvider;
    }
    BOOST_OUTCOME_TRY(const auto before, entry.generation());
    BOOST_OUTCOME_TRY(write_file(system_, entry.file("inblob"), report_data));
    BOOST_OUTCOME_TRY(auto blob, read_file(system_, entry.file("outblob"), kProducedBytesMax));
    auto certificates = read_file(system_, entry.file("auxblob"), kEndorsementsBytesMax);
    if (!certificates && certificates.error() != std::errc::no_such_file_or_directory) {
        return certificates.error();
    }
    BOOST_OUTCOME_TRY(const auto after, entry.generation());
    // The write takes effect when its file is closed, where the kernel reports no error.
    if (after != before + 1) {
        return ProduceError::kInterfered;
    }
    auto evidence = without_padding(type, std::move(blob));
    BOOST_OUTCOME_TRY(check_evidence(type, evidence, report_data));
    return Evidence{.type = type,
                    .evidence = std::move(evidence),
                    .endorsements = certificates ? std::move(certificates).value() : Bytes{}};
}

Result<crypto::SecretBytes<32>> ConfigfsTsm::sealing_key() {
    return ProduceError::kNoSealingKey;
}

}  // namespace redoubt::attestation::produce
