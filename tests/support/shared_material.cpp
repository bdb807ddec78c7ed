#include <tests/support/shared_material.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace redoubt::tests {

namespace fs = std::filesystem;

std::optional<fs::path> shared_folder() {
    const char* named = std::getenv("REDOUBT_SHARED");
    const fs::path folder =
        named != nullptr ? fs::path{named} : fs::path{REDOUBT_SOURCE_DIR} / ".." / "shared";
    if (!fs::is_directory(folder)) {
        return std::nullopt;
    }
    return fs::canonical(folder);
}

fs::path source_folder() {
    return REDOUBT_SOURCE_DIR;
}

bool material_is_required() {
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string_view{ci} == "true";
}

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) {
        ADD_FAILURE() << "cannot read " << path;
        return {};
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

nlohmann::json read_json(const fs::path& path) {
    auto parsed = nlohmann::json::parse(read_file(path), nullptr, false);
    if (parsed.is_discarded()) {
        ADD_FAILURE() << path << " is not JSON";
        return {};
    }
    return parsed;
}

std::vector<fs::path> indexed_files(const fs::path& folder) {
    std::vector<fs::path> out;
    const auto index_file = folder / "INDEX.json";
    if (fs::exists(index_file)) {
        const auto index = read_json(index_file);
        for (const auto& entry : index.at("files")) {
            out.push_back(folder / entry.at("file").get<std::string>());
        }
        return out;
    }
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".json") {
            out.push_back(entry.path());
        }
    }
    std::ranges::sort(out);
    return out;
}

VectorCount::~VectorCount() {
    for (const auto& [kind, tally] : tallies_) {
        std::cout << "[ vectors  ] " << title_ << " / " << kind << ": " << tally.passed << " passed, "
                  << tally.failed << " failed\n";
    }
    if (tallies_.empty()) {
        ADD_FAILURE() << title_ << ": no case was found";
    }
}

void VectorCount::record(const std::string& kind, const std::string& name, bool passed) {
    auto& tally = tallies_[kind];
    if (passed) {
        ++tally.passed;
    } else {
        ++tally.failed;
        ADD_FAILURE() << title_ << " / " << kind << ": " << name;
    }
}

}  // namespace redoubt::tests
