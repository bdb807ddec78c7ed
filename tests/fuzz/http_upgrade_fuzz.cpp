/// A client's HTTP upgrade request, in one piece and byte by byte: the decision, the response and the end of
/// the request have to be the same.
#include <enclave/endpoint/http_upgrade.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

using namespace redoubt;
using enclave::endpoint::HttpUpgrade;

struct Outcome {
    HttpUpgrade::Status status = HttpUpgrade::Status::kNeedMore;
    std::string response;
    std::size_t consumed = 0;
    bool operator==(const Outcome&) const = default;
};

Outcome run(ByteView request, std::size_t part_bytes) {
    HttpUpgrade upgrade;
    Outcome outcome;
    while (!request.empty() && outcome.status == HttpUpgrade::Status::kNeedMore) {
        const auto part = request.first(std::min(part_bytes, request.size()));
        request = request.subspan(part.size());
        const auto progress = upgrade.receive(part);
        outcome.status = progress.status;
        outcome.consumed += progress.consumed;
    }
    outcome.response = upgrade.response();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView request{data, size};
    auto whole = run(request, SIZE_MAX);
    auto parts = run(request, 1);
    if (whole.status == HttpUpgrade::Status::kRefused) {
        // A request with two faults may be refused for either, and where it ends does not matter.
        whole.consumed = parts.consumed = 0;
        whole.response = parts.response = "";
    }
    if (whole != parts) {
        std::abort();
    }
    return 0;
}
