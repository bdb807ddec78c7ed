#include <primitives/scale.hpp>
#include <substrate/runtime_version.hpp>

namespace redoubt::substrate {
namespace {

Result<RuntimeVersion> read_version(ByteCursor& in) {
    constexpr std::size_t kApiBytes = 12;  // an id of 8 bytes and a u32
    RuntimeVersion out;
    BOOST_OUTCOME_TRY(out.spec_name, scale::read_string(in));
    BOOST_OUTCOME_TRY(out.impl_name, scale::read_string(in));
    BOOST_OUTCOME_TRY(out.authoring_version, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.spec_version, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.impl_version, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto api_count, scale::read_compact_u32(in));
    BOOST_OUTCOME_TRY(in.take(std::uint64_t{api_count} * kApiBytes));
    BOOST_OUTCOME_TRY(out.transaction_version, in.take_le<std::uint32_t>());
    // The oldest runtimes with metadata V14 end here.
    if (!in.empty()) {
        BOOST_OUTCOME_TRY(out.system_version, in.take_byte());
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

}  // namespace

Result<RuntimeVersion> runtime_version(const Metadata& metadata) {
    const auto bytes = metadata.constant("System", "Version");
    if (!bytes) {
        return MetadataError::kNoRuntimeVersion;
    }
    ByteCursor in{*bytes};
    auto version = read_version(in);
    if (!version) {
        return MetadataError::kNoRuntimeVersion;
    }
    return version;
}

}  // namespace redoubt::substrate
