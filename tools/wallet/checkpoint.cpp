#include <fstream>
#include <light-client/anchor.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tools/wallet/checkpoint.hpp>

namespace redoubt::wallet {

Task<Fallible<Report>> write_checkpoint(ChainClientPtr chain, Hash256 block, std::string path) {
    const std::string doing = "the checkpoint cannot be made";
    BOOST_OUTCOME_CO_TRY(const auto head, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto header, lift(co_await chain->header(block), doing));
    if (header.header.number > head.number) {
        co_return refused("not_final", "block " + std::to_string(header.header.number) + " is not final yet",
                          "Name a finalized block; see `redoubt chain head`.");
    }
    auto proving = chain->read_proof(light_client::anchor_keys(), block);
    BOOST_OUTCOME_CO_TRY(const auto proof, lift(co_await std::move(proving), doing));
    const auto anchor = light_client::read_anchor(header.bytes, proof);
    if (!anchor) {
        co_return refused("checkpoint_unusable",
                          "the block cannot be a checkpoint: " + anchor.error().message(),
                          "Take another finalized block, or another node.");
    }
    if (anchor.value().genesis_hash != chain->genesis_hash()) {
        co_return refused("checkpoint_unusable",
                          "the block's state names another genesis block than the node", "Use another node.");
    }
    const auto& start = anchor.value().start;
    const auto authorities_hash = crypto::blake2b_256(scale::encode(start.authorities));
    auto nodes = Json::array();
    for (const auto& node : proof) {
        nodes.push_back(to_hex_0x(node));
    }
    const Json file{{"format", "redoubt-checkpoint/1"},
                    {"genesis", to_hex_0x(chain->genesis_hash().view())},
                    {"number", header.header.number},
                    {"hash", to_hex_0x(header.hash.view())},
                    {"setId", start.set_id},
                    {"authorities", start.authorities.size()},
                    {"authoritiesHash", to_hex_0x(authorities_hash.view())},
                    {"header", to_hex_0x(header.bytes)},
                    {"stateProof", std::move(nodes)}};
    std::ofstream out{path, std::ios::trunc};
    out << file.dump(1) << '\n';
    out.close();
    if (!out) {
        co_return refused("file_unwritable", path + " cannot be written",
                          "Name a file in a folder that you may write to.");
    }
    Report report;
    report.json = {{"file", path},
                   {"genesis", file["genesis"]},
                   {"number", file["number"]},
                   {"hash", file["hash"]},
                   {"set_id", file["setId"]},
                   {"authorities", file["authorities"]},
                   {"authorities_hash", file["authoritiesHash"]}};
    report.text =
        aligned({{"file", path},
                 {"block", std::to_string(header.header.number) + " " + to_hex_0x(header.hash.view())},
                 {"genesis", to_hex_0x(chain->genesis_hash().view())},
                 {"authorities",
                  std::to_string(start.authorities.size()) + " in set " + std::to_string(start.set_id)}}) +
        "\nOne node said this. Compare number and hash with a source you trust before you use it.";
    co_return report;
}

}  // namespace redoubt::wallet
