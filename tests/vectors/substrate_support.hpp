/// What the substrate vector tests share: metadata blobs by name, and bytes in JSON.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/hex.hpp>
#include <primitives/uint128.hpp>
#include <substrate/metadata.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace redoubt::substrate {

using nlohmann::json;

[[nodiscard]] inline Bytes bytes_at(const json& value) {
    return parse_hex(value.get<std::string>()).value();
}

[[nodiscard]] inline Hash256 hash_at(const json& value) {
    return parse_hex_fixed<Hash256>(value.get<std::string>()).value();
}

/// A number given as JSON number or as decimal text.
[[nodiscard]] inline uint128 number_at(const json& value) {
    return value.is_string() ? parse_decimal_u128(value.get<std::string>()).value()
                             : uint128{value.get<std::uint64_t>()};
}

[[nodiscard]] inline Metadata decode_metadata_file(const std::filesystem::path& file) {
    const auto text = tests::read_file(file);
    auto metadata = Metadata::decode(bytes_of(text));
    EXPECT_OK(metadata) << file;
    return std::move(metadata).value();
}

/// The blobs of vectors/chain/metadata by name, each decoded once.
class MetadataLibrary {
  public:
    explicit MetadataLibrary(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] const Metadata& get(const std::string& name) {
        auto found = known_.find(name);
        if (found == known_.end()) {
            auto metadata = decode_metadata_file(folder_ / (name + ".scale"));
            found = known_.emplace(name, std::make_unique<Metadata>(std::move(metadata))).first;
        }
        return *found->second;
    }

  private:
    std::filesystem::path folder_;
    std::map<std::string, std::unique_ptr<Metadata>> known_;
};

/// Runs the check that belongs to each file an index lists; a file without one fails the test.
inline void for_each_indexed_file(
    const std::filesystem::path& folder,
    const std::map<std::string, std::function<void(const std::filesystem::path&)>>& checks) {
    for (const auto& file : tests::indexed_files(folder)) {
        const auto check = checks.find(file.filename().string());
        if (check == checks.end()) {
            ADD_FAILURE() << "no check for " << file;
            continue;
        }
        check->second(file);
    }
}

}  // namespace redoubt::substrate
