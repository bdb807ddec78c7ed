#include <registry-client/pool_verdict.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace redoubt::registry_client {
namespace {

constexpr std::int64_t kMethodNotFound = -32601;
constexpr std::int64_t kInvalidTransaction = 1010;
constexpr std::int64_t kUnknownValidity = 1011;
constexpr std::int64_t kTemporarilyBanned = 1012;
constexpr std::int64_t kAlreadyImported = 1013;
constexpr std::int64_t kTooLowPriority = 1014;
constexpr std::int64_t kCycleDetected = 1015;
constexpr std::int64_t kImmediatelyDropped = 1016;

/// Lower-case letters only, so that "Ancient birth block" and "ancientBirthBlock" are one word.
std::string letters_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto letter = std::tolower(static_cast<unsigned char>(c));
        if (letter >= 'a' && letter <= 'z') {
            out.push_back(static_cast<char>(letter));
        }
    }
    return out;
}

PoolVerdict invalid_transaction(const rpc::RemoteError& error) {
    struct Phrase {
        std::string_view letters;
        PoolVerdict verdict;
    };
    static constexpr std::array kPhrases{
        Phrase{"outdated", PoolVerdict::kStaleNonce},
        Phrase{"stale", PoolVerdict::kStaleNonce},
        Phrase{"validinthefuture", PoolVerdict::kFutureNonce},
        Phrase{"future", PoolVerdict::kFutureNonce},
        Phrase{"exhausttheblocklimits", PoolVerdict::kTryLater},
        Phrase{"exhaustsresources", PoolVerdict::kTryLater},
        Phrase{"ancientbirthblock", PoolVerdict::kSignAgain},
        Phrase{"badsignature", PoolVerdict::kSignAgain},
        Phrase{"badproof", PoolVerdict::kSignAgain},
    };
    const auto letters = letters_of(error.message + " " + error.data);
    const auto* found = std::ranges::find_if(
        kPhrases, [&](const Phrase& phrase) { return letters.find(phrase.letters) != std::string::npos; });
    return found == kPhrases.end() ? PoolVerdict::kRefused : found->verdict;
}

}  // namespace

PoolVerdict pool_verdict(const rpc::Failure& failure) {
    if (!failure.remote) {
        return PoolVerdict::kUnknown;
    }
    switch (failure.remote->code) {
        case kMethodNotFound:
            return PoolVerdict::kNotOffered;
        case kInvalidTransaction:
            return invalid_transaction(*failure.remote);
        case kUnknownValidity:
        case kImmediatelyDropped:
        case kCycleDetected:
            return PoolVerdict::kTryLater;
        case kTemporarilyBanned:
            return PoolVerdict::kBanned;
        case kAlreadyImported:
            return PoolVerdict::kInPool;
        case kTooLowPriority:
            return PoolVerdict::kNonceTaken;
        default:
            return PoolVerdict::kRefused;
    }
}

}  // namespace redoubt::registry_client
