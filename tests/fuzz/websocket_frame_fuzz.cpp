/// A client's WebSocket bytes, in one piece and in parts: messages, answers and the end have to be the same,
/// and what is held stays bounded. The first input byte chooses the size of the parts.
#include <enclave/endpoint/websocket_session.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace redoubt;
using enclave::endpoint::WebSocketSession;

struct Outcome {
    std::vector<std::string> messages;
    Bytes out;
    bool is_closed = false;
    bool operator==(const Outcome&) const = default;
};

Outcome run(ByteView wire, std::size_t part_bytes) {
    WebSocketSession session;
    Outcome outcome;
    while (!wire.empty() && !outcome.is_closed) {
        auto part = wire.first(std::min(part_bytes, wire.size()));
        wire = wire.subspan(part.size());
        for (;;) {
            const auto step = session.receive(part, outcome.out);
            if (step != WebSocketSession::Step::kMessage) {
                outcome.is_closed = step == WebSocketSession::Step::kClosed;
                break;
            }
            outcome.messages.emplace_back(session.message());
        }
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const ByteView wire{data + 1, size - 1};
    if (run(wire, SIZE_MAX) != run(wire, std::size_t{1} + data[0] % 16)) {
        std::abort();
    }
    return 0;
}
