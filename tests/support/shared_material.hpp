/// The vectors and peers that lie beside the project (`REDOUBT_SHARED`, by default ../shared).
///
/// A user's machine does not have them: tests that need them skip there and print why. In CI
/// (`CI=true`) missing material is a failure.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::tests {

/// The folder of shared material, or nullopt where the machine has none.
[[nodiscard]] std::optional<std::filesystem::path> shared_folder();
/// The project's own folder, for material that is kept in it.
[[nodiscard]] std::filesystem::path source_folder();
/// True when missing material has to fail a test instead of skipping it.
[[nodiscard]] bool material_is_required();

/// A whole file. Fails the running test and returns an empty value when it cannot be read.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
[[nodiscard]] nlohmann::json read_json(const std::filesystem::path& path);

/// The files that a vector folder's INDEX.json lists, in its order. A folder without an index
/// (vectors/integritee) lists its *.json files.
[[nodiscard]] std::vector<std::filesystem::path> indexed_files(const std::filesystem::path& folder);

/// Counts vector cases by kind and prints the counts when it goes; a kind that never passed fails the test.
class VectorCount {
  public:
    explicit VectorCount(std::string title) : title_(std::move(title)) {}
    VectorCount(const VectorCount&) = delete;
    VectorCount& operator=(const VectorCount&) = delete;
    ~VectorCount();

    /// Records one case; a failure is reported with `name`.
    void record(const std::string& kind, const std::string& name, bool passed);

  private:
    struct Tally {
        std::size_t passed = 0;
        std::size_t failed = 0;
    };
    std::string title_;
    std::map<std::string, Tally> tallies_;
};

}  // namespace redoubt::tests

/// First line of a test that reads shared material; defines `folder` as the path below the shared folder.
#define REDOUBT_NEEDS_SHARED(folder, relative)                                                    \
    const auto folder##_root = ::redoubt::tests::shared_folder();                                 \
    if (!folder##_root && !::redoubt::tests::material_is_required()) {                            \
        GTEST_SKIP() << "no shared material here: set REDOUBT_SHARED to its folder to run this";  \
    }                                                                                             \
    ASSERT_TRUE(folder##_root.has_value()) << "shared material is required in CI and is missing"; \
    const std::filesystem::path folder = *folder##_root / (relative)
