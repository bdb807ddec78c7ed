/// A client's JSON-RPC messages: never a crash, and what is answered is JSON of bounded size. Input that is
/// no UTF-8 does not reach this layer.
#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/json_rpc.hpp>
#include <enclave/endpoint/limits.hpp>

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const auto text = text_of(ByteView{data, size});
    if (!scale::is_utf8(text)) {
        return 0;
    }
    const enclave::endpoint::tests::FakeBackend backend;
    enclave::ChainReads reads;
    const auto answer = enclave::endpoint::answer_json_rpc(backend, text, reads);
    if (answer) {
        const auto json = nlohmann::json::parse(*answer, nullptr, false);
        if (json.is_discarded() || answer->size() > enclave::endpoint::kReplyBytesMax + 1024) {
            std::abort();
        }
    }
    return 0;
}
