/// Which runtime this is.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tools/devchain/runtime/type_info.hpp>
#include <utility>
#include <vector>

namespace redoubt::devchain {

/// What `Core_version` tells.
struct Version {
    std::string spec_name;
    std::string impl_name;
    std::uint32_t authoring_version = 0;
    std::uint32_t spec_version = 0;
    std::uint32_t impl_version = 0;
    /// BLAKE2b-64 of each runtime API's name, and its version.
    std::vector<std::pair<std::array<std::uint8_t, 8>, std::uint32_t>> apis;
    std::uint32_t transaction_version = 0;
    std::uint8_t system_version = 0;  ///< 1: state trie V1, extrinsics root V0
    static constexpr auto kType = structure("sp_version::RuntimeVersion",
                                            field("spec_name", &Version::spec_name),
                                            field("impl_name", &Version::impl_name),
                                            field("authoring_version", &Version::authoring_version),
                                            field("spec_version", &Version::spec_version),
                                            field("impl_version", &Version::impl_version),
                                            field("apis", &Version::apis),
                                            field("transaction_version", &Version::transaction_version),
                                            field("system_version", &Version::system_version));
    static constexpr auto kScaleFields = kType.members();
};

/// The version of this runtime.
[[nodiscard]] const Version& runtime_version();

}  // namespace redoubt::devchain
