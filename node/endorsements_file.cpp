#include <fmt/format.h>
#include <node/attestation_file.hpp>
#include <node/endorsements_file.hpp>

#include <attestation/bundle/endorsement_codec.hpp>
#include <boundary/limits.hpp>

#include <string>

namespace redoubt::node {

Outcome<std::optional<Bytes>> EndorsementsFile::read_changed() {
    if (path_.empty()) {
        return std::nullopt;
    }
    std::error_code error;
    Version now;
    if (std::filesystem::is_regular_file(path_, error)) {
        now = {std::filesystem::last_write_time(path_, error), std::filesystem::file_size(path_, error)};
    }
    if (last_ && *last_ == now) {
        return std::nullopt;
    }
    last_ = now;
    BOOST_OUTCOME_TRY(const auto text, read_attestation_file(path_, boundary::kEndorsementsBytesMax));
    const auto endorsements = attestation::parse_endorsements(text);
    if (!endorsements) {
        return attestation_file_problem(
            path_, fmt::format("holds no endorsements: {}", endorsements.error().message()));
    }
    return to_bytes(bytes_of(text));
}

}  // namespace redoubt::node
