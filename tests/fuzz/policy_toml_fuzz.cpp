// Policies as people write them: read or refused with a message that says where, what and what would be
// right, and that no terminal can be steered with.
#include <policy-file/policy_file.hpp>

#include <algorithm>

using namespace redoubt;  // NOLINT: a fuzz target is one function

namespace {

bool is_for_people(std::string_view text) {
    return !text.empty() && std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_of(ByteView{data, size});
    const auto read = policy_file::parse_policy(text, "p.toml");
    if (!read) {
        REDOUBT_ASSERT(read.error().message.starts_with("p.toml"));
        REDOUBT_ASSERT(is_for_people(read.error().message) && is_for_people(read.error().remedy));
        return 0;
    }
    const auto& policy = read.value().policy;
    REDOUBT_ASSERT(!policy.allows_simulation ||
                   (!policy.simulation_keys.empty() && read.value().is_development_chain));
    const attestation::Verdict refused;
    REDOUBT_ASSERT(!attestation::violations(refused, policy, {1'800'000'000}).empty());
    return 0;
}
