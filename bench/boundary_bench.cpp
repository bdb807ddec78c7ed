// The boundary: encoding and decoding one message, and a round trip of 1 KiB through a socket pair to another
// process that answers with the same frame.
#include <benchmark/benchmark.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boundary/frame.hpp>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace redoubt;

boundary::ToEnclave message_of(std::size_t bytes) {
    return boundary::ClientBytes{.connection = 1, .bytes = Bytes(bytes, 7)};
}

void encode_and_decode(benchmark::State& state) {
    const auto message = message_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        const auto frame = boundary::encode_frame(message);
        auto decoded = boundary::decode_to_enclave(ByteView{frame}.subspan(4));
        benchmark::DoNotOptimize(decoded);
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encode_and_decode)->Arg(64)->Arg(1024)->Arg(65'536);

bool transfer_all(int fd, std::span<std::uint8_t> bytes, bool sends) {
    for (std::size_t done = 0; done < bytes.size();) {
        const auto count = sends ? write(fd, bytes.data() + done, bytes.size() - done)
                                 : read(fd, bytes.data() + done, bytes.size() - done);
        if (count <= 0) {
            return false;
        }
        done += static_cast<std::size_t>(count);
    }
    return true;
}

void round_trip(benchmark::State& state) {
    auto frame = boundary::encode_frame(message_of(1024));
    std::array<int, 2> pair{};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) != 0) {
        state.SkipWithError("socketpair failed");
        return;
    }
    const auto child = fork();
    if (child == 0) {
        close(pair[0]);
        while (transfer_all(pair[1], frame, false) && transfer_all(pair[1], frame, true)) {
        }
        _exit(0);
    }
    close(pair[1]);
    for (auto _ : state) {
        if (!transfer_all(pair[0], frame, true) || !transfer_all(pair[0], frame, false)) {
            state.SkipWithError("the echo process is gone");
            break;
        }
    }
    close(pair[0]);
    waitpid(child, nullptr, 0);
}
BENCHMARK(round_trip)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
