#include <fmt/format.h>
#include <node/endorsements_file.hpp>

#include <attestation/bundle/endorsement_codec.hpp>
#include <boundary/limits.hpp>

#include <fstream>
#include <string>

namespace redoubt::node {
namespace {

Problem problem(const std::filesystem::path& path, std::string_view what) {
    return {ExitCode::kUsage, fmt::format("{} {}", path.string(), what),
            "Name a file with collateral or certificates, as docs/DAEMON.md says (section Attestation)."};
}

}  // namespace

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
    if (!now || error) {
        return problem(path_, "is no file that can be read");
    }
    constexpr auto kBytesMax = boundary::kEndorsementsBytesMax;
    std::ifstream file{path_, std::ios::binary};
    std::string text(kBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (!file.eof() && file.fail())) {
        return problem(path_, "cannot be read");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kBytesMax) {
        return problem(path_, fmt::format("is longer than {} bytes", kBytesMax));
    }
    const auto endorsements = attestation::parse_endorsements(text);
    if (!endorsements) {
        return problem(path_, fmt::format("holds no endorsements: {}", endorsements.error().message()));
    }
    return to_bytes(bytes_of(text));
}

}  // namespace redoubt::node
