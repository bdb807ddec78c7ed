/// Metadata of a runtime with EnclaveBridge and the pallets that wrap calls, made in code: for tests and fuzz
/// targets of what happens inside batches, proxies, multisigs and sudo. Names, fields and their order are
/// those of the real pallets; indices are those of the Integritee chains where they have the pallet.
#pragma once

#include <tests/support/sample_metadata.hpp>

namespace redoubt::tests {

/// Type ids of the bridge runtime.
enum BridgeType : std::uint32_t {
    kBridgeU8 = 0,
    kBridgeBytes32,
    kBridgeAccount,
    kBridgeU32,
    kBridgeU128,
    kBridgeU16,
    kBridgeByteVec,  ///< where SampleMetadataWriter::extrinsic_type expects it
    kBridgeUnit,
    kBridgeHash,
    kBridgeAccountVec,
    kBridgeOptionU8,
    kBridgeOptionU32,
    kBridgeCall,
    kBridgeCallVec,
    kBridgeSystemCall,
    kBridgeUtilityCall,
    kBridgeProxyCall,
    kBridgeMultisigCall,
    kBridgeSudoCall,
    kBridgeBridgeCall,
    kBridgeRequest,
    kBridgeAddress,
    kBridgeSignature,
    kBridgeExtrinsic,
    kBridgeDispatchError,
    kBridgeDispatchResult,
    kBridgeSystemEvent,
    kBridgeUtilityEvent,
    kBridgeProxyEvent,
    kBridgeMultisigEvent,
    kBridgeSudoEvent,
    kBridgeBridgeEvent,
    kBridgeBalancesEvent,
    kBridgeOrigin,
    kBridgeU64,
    kBridgeCompactU64,
    kBridgeTimestampCall,
    kBridgeTypeCount,
};

inline void write_bridge_types(SampleMetadataWriter& out) {
    out.begin_types(kBridgeTypeCount);
    out.primitive(3);
    out.array(32, kBridgeU8);
    out.composite("AccountId32", {{"", kBridgeBytes32}});
    out.primitive(5);
    out.primitive(7);
    out.primitive(4);
    out.sequence(kBridgeU8);
    out.tuple({});
    out.composite("H256", {{"", kBridgeBytes32}});
    out.sequence(kBridgeAccount);
    out.variant("Option", {{"None", 0, {}}, {"Some", 1, {{"", kBridgeU8}}}});
    out.variant("Option", {{"None", 0, {}}, {"Some", 1, {{"", kBridgeU32}}}});
    out.variant("RuntimeCall", {{"System", 0, {{"", kBridgeSystemCall}}},
                                {"Timestamp", 3, {{"", kBridgeTimestampCall}}},
                                {"Multisig", 6, {{"", kBridgeMultisigCall}}},
                                {"Proxy", 7, {{"", kBridgeProxyCall}}},
                                {"Utility", 9, {{"", kBridgeUtilityCall}}},
                                {"Sudo", 17, {{"", kBridgeSudoCall}}},
                                {"EnclaveBridge", 54, {{"", kBridgeBridgeCall}}}});
    out.sequence(kBridgeCall);
    out.variant("Call",
                {{"remark", 0, {{"remark", kBridgeByteVec}}}, {"hidden", 1, {{"call", kBridgeCall}}}});
    out.variant("Call", {{"batch", 0, {{"calls", kBridgeCallVec}}},
                         {"as_derivative", 1, {{"index", kBridgeU16}, {"call", kBridgeCall}}},
                         {"batch_all", 2, {{"calls", kBridgeCallVec}}},
                         {"dispatch_as", 3, {{"as_origin", kBridgeOrigin}, {"call", kBridgeCall}}},
                         {"force_batch", 4, {{"calls", kBridgeCallVec}}},
                         {"with_weight", 5, {{"call", kBridgeCall}, {"weight", kBridgeU32}}},
                         {"if_else", 6, {{"main", kBridgeCall}, {"fallback", kBridgeCall}}},
                         {"dispatch_as_fallible", 7, {{"as_origin", kBridgeOrigin}, {"call", kBridgeCall}}}});
    const std::vector<SampleMetadataWriter::FieldSpec> proxied = {
        {"real", kBridgeAddress}, {"force_proxy_type", kBridgeOptionU8}, {"call", kBridgeCall}};
    auto announced = proxied;
    announced.insert(announced.begin(), {"delegate", kBridgeAddress});
    out.variant("Call", {{"proxy", 0, proxied}, {"proxy_announced", 9, announced}});
    out.variant(
        "Call",
        {{"as_multi_threshold_1", 0, {{"other_signatories", kBridgeAccountVec}, {"call", kBridgeCall}}},
         {"as_multi",
          1,
          {{"threshold", kBridgeU16},
           {"other_signatories", kBridgeAccountVec},
           {"maybe_timepoint", kBridgeOptionU32},
           {"call", kBridgeCall},
           {"max_weight", kBridgeU32}}}});
    out.variant("Call", {{"sudo", 0, {{"call", kBridgeCall}}},
                         {"sudo_unchecked_weight", 1, {{"call", kBridgeCall}, {"weight", kBridgeU32}}},
                         {"sudo_as", 3, {{"who", kBridgeAddress}, {"call", kBridgeCall}}}});
    out.variant("Call", {{"invoke", 0, {{"request", kBridgeRequest}}},
                         {"shield_funds",
                          2,
                          {{"shard", kBridgeHash},
                           {"incognito_account_encrypted", kBridgeByteVec},
                           {"amount", kBridgeU128}}}});
    out.composite("Request", {{"shard", kBridgeHash}, {"cyphertext", kBridgeByteVec}});
    out.variant("MultiAddress", {{"Id", 0, {{"", kBridgeAccount}}}, {"Raw", 2, {{"", kBridgeByteVec}}}});
    out.variant("MultiSignature", {{"Short", 1, {{"", kBridgeBytes32}}}});
    out.extrinsic_type({{"Address", kBridgeAddress}, {"Call", kBridgeCall}, {"Signature", kBridgeSignature}});
    out.variant("DispatchError", {{"Other", 0, {}}, {"BadOrigin", 2, {}}});
    out.variant("Result", {{"Ok", 0, {{"", kBridgeUnit}}}, {"Err", 1, {{"", kBridgeDispatchError}}}});
    out.variant("Event", {{"ExtrinsicSuccess", 0, {}},
                          {"ExtrinsicFailed", 1, {{"dispatch_error", kBridgeDispatchError}}}});
    out.variant("Event", {{"BatchInterrupted", 0, {{"index", kBridgeU32}, {"error", kBridgeDispatchError}}},
                          {"BatchCompleted", 1, {}},
                          {"BatchCompletedWithErrors", 2, {}},
                          {"ItemCompleted", 3, {}},
                          {"ItemFailed", 4, {{"error", kBridgeDispatchError}}},
                          {"DispatchedAs", 5, {{"result", kBridgeDispatchResult}}},
                          {"IfElseMainSuccess", 6, {}},
                          {"IfElseFallbackCalled", 7, {{"main_error", kBridgeDispatchError}}}});
    out.variant("Event", {{"ProxyExecuted", 0, {{"result", kBridgeDispatchResult}}}});
    out.variant(
        "Event",
        {{"NewMultisig",
          0,
          {{"approving", kBridgeAccount}, {"multisig", kBridgeAccount}, {"call_hash", kBridgeBytes32}}},
         {"MultisigExecuted",
          2,
          {{"approving", kBridgeAccount},
           {"timepoint", kBridgeU32},
           {"multisig", kBridgeAccount},
           {"call_hash", kBridgeBytes32},
           {"result", kBridgeDispatchResult}}}});
    out.variant("Event", {{"Sudid", 0, {{"sudo_result", kBridgeDispatchResult}}},
                          {"SudoAsDone", 3, {{"sudo_result", kBridgeDispatchResult}}}});
    out.variant(
        "Event",
        {{"IndirectInvocationRegistered", 0, {{"", kBridgeHash}}},
         {"ShieldFunds",
          1,
          {{"shard", kBridgeHash}, {"encrypted_beneficiary", kBridgeByteVec}, {"amount", kBridgeU128}}}});
    out.variant(
        "Event",
        {{"Transfer", 2, {{"from", kBridgeAccount}, {"to", kBridgeAccount}, {"amount", kBridgeU128}}}});
    out.variant("OriginCaller", {{"Root", 0, {}}, {"Signed", 1, {{"", kBridgeAccount}}}});
    out.primitive(6);
    out.compact(kBridgeU64);
    out.variant("Call", {{"set", 0, {{"now", kBridgeCompactU64}}}});
}

/// V14 metadata of the bridge runtime, without storage, constants and extensions.
[[nodiscard]] inline Bytes bridge_metadata() {
    struct PalletSpec {
        std::string_view name;
        std::optional<std::uint32_t> calls;
        std::optional<std::uint32_t> events;
        std::uint8_t index;
    };
    const std::vector<PalletSpec> pallets = {
        {"System", kBridgeSystemCall, kBridgeSystemEvent, 0},
        {"Timestamp", kBridgeTimestampCall, std::nullopt, 3},
        {"Multisig", kBridgeMultisigCall, kBridgeMultisigEvent, 6},
        {"Proxy", kBridgeProxyCall, kBridgeProxyEvent, 7},
        {"Utility", kBridgeUtilityCall, kBridgeUtilityEvent, 9},
        {"Balances", std::nullopt, kBridgeBalancesEvent, 10},
        {"Sudo", kBridgeSudoCall, kBridgeSudoEvent, 17},
        {"EnclaveBridge", kBridgeBridgeCall, kBridgeBridgeEvent, 54},
    };
    SampleMetadataWriter out;
    write_bridge_types(out);
    out.count_of(pallets.size());
    for (const auto& pallet : pallets) {
        out.text(pallet.name);
        out.byte(0);  // no storage
        for (const auto& type : {pallet.calls, pallet.events}) {
            if (type) {
                out.some(*type);
            } else {
                out.byte(0);
            }
        }
        out.count_of(0);  // no constants
        out.byte(0);      // no errors
        out.byte(pallet.index);
    }
    out.count_of(kBridgeExtrinsic);
    out.byte(4);
    out.count_of(0);
    out.count_of(kBridgeUnit);
    return out.take();
}

}  // namespace redoubt::tests
