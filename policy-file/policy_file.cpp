#include <policy-file/policy_file.hpp>

#include <attestation/digest.hpp>
#include <policy-file/policy_reader.hpp>

#include <fstream>

namespace redoubt::policy_file {

attestation::SimulationAllowance PolicyDocument::simulation() const {
    return {.is_allowed = policy.allows_simulation,
            .is_development_chain = is_development_chain,
            .trusted_keys = policy.simulation_keys};
}

Outcome<PolicyDocument> parse_policy(std::string_view text, const std::string& file) {
    if (text.size() > kPolicyFileBytesMax) {
        return Problem{file + " is larger than " + std::to_string(kPolicyFileBytesMax) + " bytes",
                       "Name a policy file."};
    }
    try {
        const auto table = toml::parse(text, file);
        BOOST_OUTCOME_TRY(auto document, PolicyReader{file}.read(table));
        document.sha256 = attestation::sha2_256({bytes_of(text)});
        return document;
    } catch (const toml::parse_error& error) {
        return TomlValues{file}.problem(error.source(), std::string{error.description()},
                                        "Correct the file; it is TOML.");
    }
}

Outcome<PolicyDocument> load_policy(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::string text(kPolicyFileBytesMax + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (in.fail() && !in.eof())) {
        std::error_code failed;
        const auto kind = std::filesystem::status(file, failed).type();
        const auto* why = kind == std::filesystem::file_type::not_found   ? ": there is no such file"
                          : kind == std::filesystem::file_type::directory ? ": it is a folder"
                                                                          : "";
        return Problem{file.string() + " cannot be read" + why, "Name a policy file that you may read."};
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    return parse_policy(text, file.string());
}

}  // namespace redoubt::policy_file
