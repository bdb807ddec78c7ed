/// Which runtime the metadata belongs to: the constant `System.Version`.
#pragma once

#include <cstdint>
#include <primitives/result.hpp>
#include <string>
#include <substrate/metadata.hpp>

namespace redoubt::substrate {

struct RuntimeVersion {
    std::string spec_name;
    std::string impl_name;
    std::uint32_t authoring_version = 0;
    std::uint32_t spec_version = 0;
    std::uint32_t impl_version = 0;
    std::uint32_t transaction_version = 0;
    std::uint8_t system_version = 0;  ///< formerly state_version
    bool operator==(const RuntimeVersion&) const = default;
};

/// @errors MetadataError::kNoRuntimeVersion    @source light-client.md section 8.7
[[nodiscard]] Result<RuntimeVersion> runtime_version(const Metadata& metadata);

}  // namespace redoubt::substrate
