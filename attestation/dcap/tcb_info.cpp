#include <attestation/dcap/tcb_info.hpp>

#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>

#include <algorithm>
#include <bitset>
#include <tuple>

namespace redoubt::attestation::dcap {
namespace {

auto key_of(const TcbLevel& level) {
    return std::tie(level.sgx, level.pce_svn, level.tdx);
}

Result<void> skip(JsonCursor& value) {
    BOOST_OUTCOME_TRY(value.skip_value());
    return success();
}

/// Sixteen objects {svn, category, type}; a missing svn is 0.
Result<Components> read_components(JsonCursor& value) {
    Components out{};
    std::size_t count = 0;
    const auto read_one = [&](JsonCursor& element) -> Result<void> {
        if (count == out.size()) {
            return Reason::kCollateralMalformed;
        }
        auto& svn = out.at(count++);
        return element.read_object([&](std::string_view name, JsonCursor& member) -> Result<void> {
            if (name != "svn") {
                return skip(member);
            }
            BOOST_OUTCOME_TRY(const auto number, member.read_unsigned(UINT8_MAX));
            svn = static_cast<std::uint8_t>(number);
            return success();
        });
    };
    BOOST_OUTCOME_TRY(value.read_array(read_one));
    if (count != out.size()) {
        return Reason::kCollateralMalformed;
    }
    return out;
}

/// The index of `sgxtcbcompNNsvn`, the member of version 2.
std::optional<std::size_t> component_index(std::string_view name) {
    constexpr std::string_view kBefore = "sgxtcbcomp";
    constexpr std::string_view kAfter = "svn";
    if (name.size() != kBefore.size() + 2 + kAfter.size() || !name.starts_with(kBefore) ||
        !name.ends_with(kAfter)) {
        return std::nullopt;
    }
    const auto number = decimal_at(name, kBefore.size(), 2);
    if (!number || *number < 1 || *number > 16) {
        return std::nullopt;
    }
    return *number - 1;
}

/// What the member `tcb` of a level held.
struct LevelTcb {
    std::bitset<16> flat_components;
    bool has_sgx = false;
    bool has_tdx = false;
    bool has_pce_svn = false;
};

Result<void> read_level_tcb(JsonCursor& value, TcbLevel& level, LevelTcb& seen) {
    return value.read_object([&](std::string_view name, JsonCursor& member) -> Result<void> {
        if (name == "pcesvn") {
            BOOST_OUTCOME_TRY(const auto svn, member.read_unsigned(UINT16_MAX));
            level.pce_svn = static_cast<std::uint16_t>(svn);
            seen.has_pce_svn = true;
            return success();
        }
        if (name == "sgxtcbcomponents") {
            BOOST_OUTCOME_TRY(level.sgx, read_components(member));
            seen.has_sgx = true;
            return success();
        }
        if (name == "tdxtcbcomponents") {
            BOOST_OUTCOME_TRY(level.tdx, read_components(member));
            seen.has_tdx = true;
            return success();
        }
        if (const auto index = component_index(name)) {
            BOOST_OUTCOME_TRY(const auto svn, member.read_unsigned(UINT8_MAX));
            level.sgx.at(*index) = static_cast<std::uint8_t>(svn);
            seen.flat_components.set(*index);
            return success();
        }
        return skip(member);
    });
}

/// A level, and whether its form is that of version 2 and of a TDX platform.
struct ReadLevel {
    TcbLevel level;
    bool is_flat = false;
    bool has_tdx = false;
};

Result<ReadLevel> read_level(JsonCursor& value) {
    ReadLevel out;
    LevelTcb seen;
    LevelStateReader state;
    BOOST_OUTCOME_TRY(value.read_object([&](std::string_view name, JsonCursor& member) -> Result<void> {
        if (name == "tcb") {
            return read_level_tcb(member, out.level, seen);
        }
        BOOST_OUTCOME_TRY(const bool is_read, state.read(name, member));
        return is_read ? Result<void>{success()} : skip(member);
    }));
    BOOST_OUTCOME_TRY(out.level.state, std::move(state).take());
    // One form or the other, and completely.
    if (!seen.has_pce_svn || seen.has_sgx == seen.flat_components.any() ||
        (seen.flat_components.any() && !seen.flat_components.all())) {
        return Reason::kCollateralMalformed;
    }
    out.is_flat = seen.flat_components.any();
    out.has_tdx = seen.has_tdx;
    return out;
}

/// Reads a member of a TDX module's description. @return whether it is one
Result<bool> read_module_member(std::string_view name, JsonCursor& value, TdxModule& out, unsigned& seen) {
    if (name == "mrsigner") {
        BOOST_OUTCOME_TRY(out.mr_signer, read_hex_fixed<TdRegister>(value));
    } else if (name == "attributes") {
        BOOST_OUTCOME_TRY(out.attributes, read_hex_le<std::uint64_t>(value));
    } else if (name == "attributesMask") {
        BOOST_OUTCOME_TRY(out.attributes_mask, read_hex_le<std::uint64_t>(value));
    } else {
        return false;
    }
    ++seen;
    return true;
}

constexpr unsigned kModuleMembers = 3;

Result<TdxModule> read_module(JsonCursor& value) {
    TdxModule out;
    unsigned seen = 0;
    BOOST_OUTCOME_TRY(value.read_object([&](std::string_view name, JsonCursor& member) -> Result<void> {
        BOOST_OUTCOME_TRY(const bool is_read, read_module_member(name, member, out, seen));
        return is_read ? Result<void>{success()} : skip(member);
    }));
    if (seen != kModuleMembers) {
        return Reason::kCollateralMalformed;
    }
    return out;
}

/// `TDX_` and two hexadecimal digits.
Result<std::uint8_t> read_module_id(JsonCursor& value) {
    constexpr std::string_view kPrefix = "TDX_";
    BOOST_OUTCOME_TRY(const auto text, value.read_string());
    if (text.size() != kPrefix.size() + 2 || !text.starts_with(kPrefix)) {
        return Reason::kCollateralMalformed;
    }
    const auto parsed = parse_hex_fixed<FixedBytes<1>>(std::string_view{text}.substr(kPrefix.size()));
    if (!parsed) {
        return Reason::kCollateralMalformed;
    }
    return parsed.value().bytes[0];
}

Result<TdxModuleIdentity> read_module_identity(JsonCursor& value) {
    TdxModuleIdentity out;
    unsigned seen = 0;
    bool has_id = false;
    bool has_levels = false;
    BOOST_OUTCOME_TRY(value.read_object([&](std::string_view name, JsonCursor& member) -> Result<void> {
        if (name == "id") {
            BOOST_OUTCOME_TRY(out.major_version, read_module_id(member));
            has_id = true;
            return success();
        }
        if (name == "tcbLevels") {
            BOOST_OUTCOME_TRY(out.levels, read_svn_levels(member));
            has_levels = true;
            return success();
        }
        BOOST_OUTCOME_TRY(const bool is_read, read_module_member(name, member, out.module, seen));
        return is_read ? Result<void>{success()} : skip(member);
    }));
    if (seen != kModuleMembers || !has_id || !has_levels) {
        return Reason::kCollateralMalformed;
    }
    return out;
}

/// Reads a whole document, and notes which members it had.
class Reader {
  public:
    Result<TcbInfo> read(std::string_view text) {
        JsonCursor cursor{text};
        BOOST_OUTCOME_TRY(cursor.read_object(
            [this](std::string_view name, JsonCursor& value) { return read_member(name, value); }));
        BOOST_OUTCOME_TRY(cursor.expect_end());
        BOOST_OUTCOME_TRY(check());
        std::ranges::sort(out_.levels,
                          [](const TcbLevel& a, const TcbLevel& b) { return key_of(a) > key_of(b); });
        const auto twin = std::ranges::adjacent_find(
            out_.levels, [](const TcbLevel& a, const TcbLevel& b) { return key_of(a) == key_of(b); });
        if (twin != out_.levels.end()) {
            return Reason::kCollateralMalformed;
        }
        return std::move(out_);
    }

  private:
    enum Member : std::size_t {
        kVersion,
        kIssueDate,
        kNextUpdate,
        kFmspc,
        kPceId,
        kTcbType,
        kEvaluationNumber,
        kLevels,
        kRequiredMembers,
    };

    Result<void> read_member(std::string_view name, JsonCursor& value) {
        if (name == "version") {
            seen_.set(kVersion);
            BOOST_OUTCOME_TRY(const auto version, value.read_unsigned(UINT16_MAX));
            out_.version = static_cast<std::uint32_t>(version);
        } else if (name == "id") {
            BOOST_OUTCOME_TRY(id_, value.read_string());
        } else if (name == "issueDate") {
            seen_.set(kIssueDate);
            BOOST_OUTCOME_TRY(out_.validity.not_before, read_date(value));
        } else if (name == "nextUpdate") {
            seen_.set(kNextUpdate);
            BOOST_OUTCOME_TRY(out_.validity.not_after, read_date(value));
        } else if (name == "fmspc") {
            seen_.set(kFmspc);
            BOOST_OUTCOME_TRY(out_.fmspc, read_hex_fixed<FixedBytes<6>>(value));
        } else if (name == "pceId") {
            seen_.set(kPceId);
            BOOST_OUTCOME_TRY(out_.pce_id, read_hex_fixed<FixedBytes<2>>(value));
        } else if (name == "tcbType") {
            seen_.set(kTcbType);
            BOOST_OUTCOME_TRY(value.read_unsigned(0));
        } else if (name == "tcbEvaluationDataNumber") {
            seen_.set(kEvaluationNumber);
            BOOST_OUTCOME_TRY(const auto number, value.read_unsigned(UINT32_MAX));
            out_.evaluation_data_number = static_cast<std::uint32_t>(number);
        } else if (name == "tdxModule") {
            BOOST_OUTCOME_TRY(out_.tdx_module, read_module(value));
        } else if (name == "tdxModuleIdentities") {
            BOOST_OUTCOME_TRY(
                value.read_array([this](JsonCursor& element) { return read_identity(element); }));
        } else if (name == "tcbLevels") {
            seen_.set(kLevels);
            BOOST_OUTCOME_TRY(
                value.read_array([this](JsonCursor& element) { return read_one_level(element); }));
        } else {
            return skip(value);
        }
        return success();
    }

    Result<void> read_identity(JsonCursor& element) {
        if (out_.tdx_modules.size() == kTdxModulesMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(auto identity, read_module_identity(element));
        if (out_.module_identity(identity.major_version) != nullptr) {
            return Reason::kCollateralMalformed;
        }
        out_.tdx_modules.push_back(std::move(identity));
        return success();
    }

    Result<void> read_one_level(JsonCursor& element) {
        if (out_.levels.size() == kTcbLevelsMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(auto read, read_level(element));
        flat_levels_ += read.is_flat ? 1U : 0U;
        tdx_levels_ += read.has_tdx ? 1U : 0U;
        out_.levels.push_back(std::move(read.level));
        return success();
    }

    /// The document is complete, and of one version throughout.
    Result<void> check() {
        if (!seen_.all() || out_.levels.empty()) {
            return Reason::kCollateralMalformed;
        }
        const bool is_version_2 = out_.version == 2;
        if ((!is_version_2 && out_.version != 3) || flat_levels_ != (is_version_2 ? out_.levels.size() : 0)) {
            return Reason::kCollateralMalformed;
        }
        if (id_ == "TDX" && !is_version_2) {
            out_.tee = Tee::kTdx;
        } else if (id_ != "SGX" && !(is_version_2 && !id_)) {
            return Reason::kCollateralMalformed;
        }
        const bool is_tdx = out_.tee == Tee::kTdx;
        if ((is_tdx && !out_.tdx_module) || tdx_levels_ != (is_tdx ? out_.levels.size() : 0)) {
            return Reason::kCollateralMalformed;
        }
        return success();
    }

    TcbInfo out_;
    std::bitset<kRequiredMembers> seen_;
    std::optional<std::string> id_;
    std::size_t flat_levels_ = 0;
    std::size_t tdx_levels_ = 0;
};

}  // namespace

const TdxModuleIdentity* TcbInfo::module_identity(std::uint8_t major_version) const {
    const auto found = std::ranges::find(tdx_modules, major_version, &TdxModuleIdentity::major_version);
    return found == tdx_modules.end() ? nullptr : &*found;
}

Result<TcbInfo> parse_tcb_info(std::string_view text) {
    if (text.size() > kJsonBytesMax) {
        return Reason::kLimitExceeded;
    }
    return Reader{}.read(text);
}

}  // namespace redoubt::attestation::dcap
