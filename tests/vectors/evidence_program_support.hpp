/// Running the program `redoubt evidence` over entries of vectors/attestation/INDEX.json, as somebody does:
/// files, and options that name them.
#pragma once

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <tests/vectors/attestation_snp_support.hpp>

#include <array>
#include <cstdio>

namespace redoubt::attestation::vectors {

struct Finished {
    int status = -1;
    std::string output;
    json result;  ///< discarded where the output is no JSON
};

/// Runs the program without a shell, its standard error going nowhere.
inline Finished run(std::vector<std::string> arguments) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    std::vector<char*> raw;
    arguments.insert(arguments.begin(), REDOUBT_PROGRAM);
    for (auto& argument : arguments) {
        raw.push_back(argument.data());
    }
    raw.push_back(nullptr);
    const auto child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (std::freopen("/dev/null", "w", stderr) != nullptr) {
            execv(raw[0], raw.data());
        }
        _exit(127);
    }
    close(ends[1]);
    std::string out;
    std::array<char, 65'536> piece{};
    ssize_t count = 0;
    while ((count = read(ends[0], piece.data(), piece.size())) > 0) {
        out.append(piece.data(), static_cast<std::size_t>(count));
    }
    close(ends[0]);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    auto result = json::parse(out, nullptr, false);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::move(out), std::move(result)};
}

/// Whether the entry leads to a root of the vendors, and not to one that was made for the vectors.
inline bool is_genuine(const json& entry) {
    for (const auto& [name, file] : entry.at("files").items()) {
        if (name != "quote" && name != "report" &&
            file.get<std::string>().find("synthetic") != std::string::npos) {
            return false;
        }
    }
    return true;
}

/// The arguments for bare evidence of an entry.
inline std::vector<std::string> bare(const std::filesystem::path& folder,
                                     const Index& index,
                                     const json& entry) {
    const auto path = [&](const char* name) {
        return (folder / entry.at("files").at(name).get<std::string>()).string();
    };
    std::vector<std::string> out{"evidence", "verify", "--json", "--time",
                                 std::to_string(entry.at("verify_at").get<std::int64_t>())};
    if (is_snp(entry)) {
        out.insert(out.end(), {"--type", "snp", path("report"), "--certificates", path("vek"),
                               "--certificates", path("ask"), "--certificates", path("ark")});
    } else {
        const auto type = type_of_quote(index.bytes(entry, "quote"));
        out.insert(out.end(), {"--type", std::string{evidence_name(type)}, path("quote"), "--collateral",
                               path("collateral")});
    }
    return out;
}

}  // namespace redoubt::attestation::vectors
