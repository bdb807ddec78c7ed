#include <tools/devchain/api/answers.hpp>

#include <string>

namespace redoubt::devchain::api {

json hex_json(const std::optional<Bytes>& bytes) {
    return bytes ? hex_json(ByteView{*bytes}) : json();
}

json hex_list_json(std::span<const Bytes> list) {
    json out = json::array();
    for (const auto& bytes : list) {
        out.push_back(to_hex_0x(bytes));
    }
    return out;
}

json hash_list_json(std::span<const Hash256> list) {
    json out = json::array();
    for (const auto& hash : list) {
        out.push_back(hex_json(hash));
    }
    return out;
}

json quantity_json(uint128 value) {
    std::string digits;
    do {
        digits.insert(digits.begin(), "0123456789abcdef"[static_cast<unsigned>(value & 15)]);
        value >>= 4;
    } while (value != 0);
    return "0x" + digits;
}

json header_json(const substrate::Header& header) {
    json logs = json::array();
    for (const auto& item : header.digest) {
        logs.push_back(to_hex_0x(substrate::encode(item)));
    }
    return {{"parentHash", hex_json(header.parent_hash)},
            {"number", quantity_json(header.number)},
            {"stateRoot", hex_json(header.state_root)},
            {"extrinsicsRoot", hex_json(header.extrinsics_root)},
            {"digest", {{"logs", std::move(logs)}}}};
}

json version_json(const Version& version) {
    json apis = json::array();
    for (const auto& [id, number] : version.apis) {
        apis.push_back(json::array({to_hex_0x(id), number}));
    }
    return {{"specName", version.spec_name},
            {"implName", version.impl_name},
            {"authoringVersion", version.authoring_version},
            {"specVersion", version.spec_version},
            {"implVersion", version.impl_version},
            {"apis", std::move(apis)},
            {"transactionVersion", version.transaction_version},
            {"systemVersion", version.system_version},
            {"stateVersion", version.system_version}};
}

json runtime_spec_json(const Version& version) {
    json apis = json::object();
    for (const auto& [id, number] : version.apis) {
        apis[to_hex_0x(id)] = number;
    }
    return {{"specName", version.spec_name},
            {"implName", version.impl_name},
            {"specVersion", version.spec_version},
            {"implVersion", version.impl_version},
            {"transactionVersion", version.transaction_version},
            {"apis", std::move(apis)}};
}

json properties_json() {
    return {{"ss58Format", kSs58Prefix}, {"tokenDecimals", kTokenDecimals}, {"tokenSymbol", kTokenSymbol}};
}

rpc::ErrorObject chain_error(const std::error_code& error, std::int64_t code) {
    return {code, "Client error: " + error.message()};
}

rpc::ErrorObject submit_error(const SubmitError& error) {
    const auto code = static_cast<std::int64_t>(error.failure);
    const auto reason = error.validity ? json(error.validity->describe()) : json();
    switch (error.failure) {
        case SubmitFailure::kInvalid:
            return {code, "Invalid Transaction", reason};
        case SubmitFailure::kUnknownValidity:
            return {code, "Unknown Transaction Validity", reason};
        case SubmitFailure::kTemporarilyBanned:
            return {code, "Transaction is temporarily banned"};
        case SubmitFailure::kAlreadyImported:
            return {code, "Transaction Already Imported"};
        case SubmitFailure::kTooLowPriority:
            return {
                code,
                "Priority is too low: (" + std::to_string(error.old_priority) + " vs " +
                    std::to_string(error.new_priority) + ")",
                "The transaction has too low priority to replace another transaction already in the pool."};
        case SubmitFailure::kImmediatelyDropped:
            return {code, "Immediately Dropped",
                    "The transaction couldn't enter the pool because of the limit"};
    }
    return rpc::internal_error("unknown pool error");
}

std::string describe(const SubmitError& error) {
    const auto object = submit_error(error);
    return object.data.is_string() ? object.message + ": " + object.data.get<std::string>() : object.message;
}

}  // namespace redoubt::devchain::api
