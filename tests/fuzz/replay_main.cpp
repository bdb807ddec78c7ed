/// Runs a fuzz target without libFuzzer: over every kept input, and over deterministic mutations of it.
///
///     NAME_fuzz_replay CORPUS_FOLDER
///
/// Every run does the same, so a failure is repeated by running it again. The address space is limited, so
/// that a decoder which trusts a length dies here and not on somebody's machine. It is no replacement for
/// `make fuzz`.
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr int kMutationsPerInput = 300;
constexpr rlim_t kAddressSpaceBytesMax = rlim_t{2} << 30U;
constexpr std::size_t kBlockBytesMax = 16;

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    std::vector<Input> inputs;
    for (const auto& path : paths) {
        std::ifstream in{path, std::ios::binary};
        inputs.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
    }
    return inputs;
}

/// A seeded source of choices; `mt19937_64` gives the same numbers everywhere.
class Choices {
  public:
    std::size_t below(std::size_t limit) {
        return limit == 0 ? 0 : static_cast<std::size_t>(engine_() % limit);
    }
    std::uint8_t byte() {
        // Lengths and tags live at the ends of a byte's range: prefer those.
        static constexpr std::uint8_t kTelling[] = {0x00, 0x01, 0x02, 0x03, 0x7f,
                                                    0x80, 0xfc, 0xfd, 0xfe, 0xff};
        return below(2) == 0 ? kTelling[below(std::size(kTelling))] : static_cast<std::uint8_t>(engine_());
    }

  private:
    std::mt19937_64 engine_{0x5eed};
};

void mutate_once(Input& input, const std::vector<Input>& corpus, Choices& choose) {
    const auto position = [&] { return static_cast<std::ptrdiff_t>(choose.below(input.size() + 1)); };
    switch (choose.below(6)) {
        case 0:
            if (!input.empty()) {
                input[choose.below(input.size())] ^= static_cast<std::uint8_t>(1U << choose.below(8));
            }
            break;
        case 1:
            if (!input.empty()) {
                input[choose.below(input.size())] = choose.byte();
            }
            break;
        case 2:
            input.resize(choose.below(input.size() + 1));
            break;
        case 3: {
            const auto at = position();
            Input block(choose.below(kBlockBytesMax) + 1);
            std::ranges::generate(block, [&] { return choose.byte(); });
            input.insert(input.begin() + at, block.begin(), block.end());
            break;
        }
        case 4: {
            const auto at = position();
            const auto room =
                std::min<std::size_t>(kBlockBytesMax, input.size() - static_cast<std::size_t>(at));
            input.erase(input.begin() + at,
                        input.begin() + at + static_cast<std::ptrdiff_t>(choose.below(room + 1)));
            break;
        }
        default: {
            const auto& other = corpus[choose.below(corpus.size())];
            input.resize(static_cast<std::size_t>(position()));
            const auto from = other.begin() + static_cast<std::ptrdiff_t>(choose.below(other.size() + 1));
            input.insert(input.end(), from, other.end());
            break;
        }
    }
}

void limit_address_space() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const rlimit limit{.rlim_cur = kAddressSpaceBytesMax, .rlim_max = kAddressSpaceBytesMax};
    if (setrlimit(RLIMIT_AS, &limit) != 0) {
        std::cerr << "the address space cannot be limited here\n";
        std::exit(EXIT_FAILURE);
    }
#endif
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) {
        std::cerr << "usage: " << arguments[0] << " CORPUS_FOLDER\n";
        return EXIT_FAILURE;
    }
    limit_address_space();
    const auto corpus = read_corpus(arguments[1]);
    if (corpus.empty()) {
        std::cerr << arguments[1] << " holds no inputs\n";
        return EXIT_FAILURE;
    }
    Choices choose;
    std::size_t inputs = 1;
    LLVMFuzzerTestOneInput(nullptr, 0);
    for (const auto& kept : corpus) {
        LLVMFuzzerTestOneInput(kept.data(), kept.size());
        ++inputs;
        for (int n = 0; n < kMutationsPerInput; ++n) {
            auto mutated = kept;
            for (std::size_t steps = choose.below(4) + 1; steps > 0; --steps) {
                mutate_once(mutated, corpus, choose);
            }
            // A copy of the exact size: one byte read past the end is then seen by AddressSanitizer.
            mutated.shrink_to_fit();
            LLVMFuzzerTestOneInput(mutated.data(), mutated.size());
            ++inputs;
        }
    }
    std::cout << inputs << " inputs, " << corpus.size() << " of them kept\n";
    return EXIT_SUCCESS;
}
