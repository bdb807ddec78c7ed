#include <attestation/dcap/level_state.hpp>

#include <algorithm>

namespace redoubt::attestation::dcap {
namespace {

constexpr std::size_t kAdvisoryBytesMax = 32;

/// `INTEL-SA-00289` and the like: nothing that could be mistaken for another text in a report.
bool is_advisory(std::string_view text) {
    return !text.empty() && text.size() <= kAdvisoryBytesMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Result<std::vector<std::string>> read_advisories(JsonCursor& value) {
    std::vector<std::string> out;
    BOOST_OUTCOME_TRY(value.read_array([&](JsonCursor& element) -> Result<void> {
        BOOST_OUTCOME_TRY(auto advisory, element.read_string());
        if (out.size() == kAdvisoriesMax) {
            return Reason::kLimitExceeded;
        }
        if (!is_advisory(advisory)) {
            return Reason::kCollateralMalformed;
        }
        out.push_back(std::move(advisory));
        return success();
    }));
    return out;
}

Result<SvnLevel> read_svn_level(JsonCursor& value) {
    SvnLevel out;
    LevelStateReader state;
    bool has_svn = false;
    const auto read_tcb = [&](std::string_view name, JsonCursor& member) -> Result<void> {
        if (name == "isvsvn") {
            BOOST_OUTCOME_TRY(const auto svn, member.read_unsigned(UINT16_MAX));
            out.isv_svn = static_cast<std::uint16_t>(svn);
            has_svn = true;
            return success();
        }
        BOOST_OUTCOME_TRY(member.skip_value());
        return success();
    };
    BOOST_OUTCOME_TRY(value.read_object([&](std::string_view name, JsonCursor& member) -> Result<void> {
        if (name == "tcb") {
            return member.read_object(read_tcb);
        }
        BOOST_OUTCOME_TRY(const bool is_read, state.read(name, member));
        if (!is_read) {
            BOOST_OUTCOME_TRY(member.skip_value());
        }
        return success();
    }));
    BOOST_OUTCOME_TRY(out.state, std::move(state).take());
    if (!has_svn) {
        return Reason::kCollateralMalformed;
    }
    return out;
}

}  // namespace

const SvnLevel* find_level(const std::vector<SvnLevel>& levels, std::uint16_t isv_svn) {
    const auto found =
        std::ranges::find_if(levels, [&](const SvnLevel& level) { return isv_svn >= level.isv_svn; });
    return found == levels.end() ? nullptr : &*found;
}

Result<bool> LevelStateReader::read(std::string_view name, JsonCursor& value) {
    if (name == "tcbStatus") {
        BOOST_OUTCOME_TRY(const auto text, value.read_string());
        const auto status = status_of_text(text);
        if (!status) {
            return Reason::kCollateralMalformed;
        }
        state_.status = *status;
        has_status_ = true;
        return true;
    }
    if (name == "tcbDate") {
        BOOST_OUTCOME_TRY(state_.date, read_date(value));
        has_date_ = true;
        return true;
    }
    if (name == "advisoryIDs") {
        BOOST_OUTCOME_TRY(state_.advisories, read_advisories(value));
        return true;
    }
    return false;
}

Result<LevelState> LevelStateReader::take() && {
    if (!has_status_ || !has_date_) {
        return Reason::kCollateralMalformed;
    }
    return std::move(state_);
}

Result<std::vector<SvnLevel>> read_svn_levels(JsonCursor& value) {
    std::vector<SvnLevel> out;
    BOOST_OUTCOME_TRY(value.read_array([&](JsonCursor& element) -> Result<void> {
        if (out.size() == kTcbLevelsMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(auto level, read_svn_level(element));
        out.push_back(std::move(level));
        return success();
    }));
    std::ranges::sort(out, std::ranges::greater{}, &SvnLevel::isv_svn);
    const auto twin = std::ranges::adjacent_find(out, std::ranges::equal_to{}, &SvnLevel::isv_svn);
    if (twin != out.end()) {
        return Reason::kCollateralMalformed;
    }
    return out;
}

Result<VerificationTime> read_date(JsonCursor& value) {
    BOOST_OUTCOME_TRY(const auto text, value.read_string());
    const auto time = parse_utc(text);
    if (!time) {
        return Reason::kCollateralMalformed;
    }
    return *time;
}

}  // namespace redoubt::attestation::dcap
