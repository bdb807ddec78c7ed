// The commands `redoubt evidence` as a person runs them, over evidence under roots that the program does not
// trust: what it says of genuine evidence is compared with the shared vectors (tests/vectors).
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <attestation/binding/fingerprint.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>
#include <thread>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/evidence_verification.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace)

Bundle quote_bundle(const std::string& name) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/dcap_verify" / name);
    const auto parts = tests::split_dcap_evidence(bytes_of(file)).value();
    Bundle out;
    out.type = parts.type();
    out.evidence = to_bytes(parts.quote);
    out.endorsements = dcap::parse_collateral(parts.collateral).value();
    return out;
}

EvidenceVerification verify_under_test_root(const Bundle& bundle, VerificationSetting setting) {
    VerificationSetting with_root{.time = tests::kDcapTestTime,
                                  .policy = std::move(setting.policy),
                                  .nonce = std::move(setting.nonce),
                                  .fingerprint = setting.fingerprint,
                                  .profile = setting.profile,
                                  .roots = tests::dcap_test_roots()};
    return verify_evidence(bundle, with_root);
}

TEST(EvidenceVerification, accepts_by_the_built_in_policy) {
    const auto verification = verify_under_test_root(quote_bundle("sgx_v3"), {});
    EXPECT_TRUE(verification.verdict.is_verified());
    EXPECT_TRUE(verification.is_accepted()) << to_text(verification);
    EXPECT_TRUE(verification.is_any_program_accepted());
    const auto json = to_json(verification);
    EXPECT_EQ(json["accepted"], true);
    EXPECT_EQ(json["tcb"]["status"], "UpToDate");
    EXPECT_EQ(json["policy"]["any_program"], true);
    EXPECT_EQ(json["policy"]["id"], "built-in");
    EXPECT_EQ(json["policy"]["sha256"], nullptr);
    EXPECT_EQ(json["measurement"].get<std::string>().size(), 64U);
    EXPECT_NE(to_text(verification).find("Accepted by the policy built-in."), std::string::npos);
}

// A file without a name is still not the policy that is built in.
TEST(EvidenceVerification, names_a_policy_file_by_its_digest) {
    const auto parsed = [](const std::string& body) {
        return policy_file::parse_policy("format = \"redoubt-policy/1\"\n" + body, "p.toml").value();
    };
    const auto lax = parsed("[evidence]\ndebug = true\n[tcb]\nstatuses = [\"UpToDate\", \"OutOfDate\"]\n");
    const auto id = policy_id(lax);
    EXPECT_TRUE(id.starts_with("unnamed/0/sha256:")) << id;
    EXPECT_EQ(id.size(), std::string{"unnamed/0/sha256:"}.size() + 64);
    const auto verification = verify_under_test_root(quote_bundle("sgx_v3"), {.time = {}, .policy = lax});
    EXPECT_TRUE(verification.is_accepted());
    EXPECT_EQ(to_json(verification)["policy"]["id"], id);
    EXPECT_NE(to_text(verification).find("Accepted by the policy " + id), std::string::npos);
    const auto named = policy_id(parsed("name = \"fleet\"\nrevision = 7\n"));
    EXPECT_TRUE(named.starts_with("fleet/7/sha256:")) << named;
    EXPECT_NE(named, policy_id(parsed("name = \"fleet\"\nrevision = 7\n[evidence]\ndebug = true\n")));
}

TEST(EvidenceVerification, refuses_another_program_than_the_pinned_one) {
    const auto bundle = quote_bundle("sgx_v3");
    auto verification = verify_under_test_root(bundle, {.time = {}, .fingerprint = Hash256{}});
    EXPECT_EQ(verification.violations, std::vector{Reason::kBindFingerprintMismatch});
    EXPECT_NE(to_text(verification).find("--fingerprint pins"), std::string::npos) << to_text(verification);
    EXPECT_FALSE(verification.is_any_program_accepted());
    const auto own = fingerprint(bundle.type, measurement(verification.verdict.claims)).value();
    EXPECT_EQ(to_json(verification)["fingerprint"], to_base58(own));
    verification = verify_under_test_root(bundle, {.time = {}, .fingerprint = own});
    EXPECT_TRUE(verification.is_accepted()) << to_text(verification);
    EXPECT_FALSE(verification.is_any_program_accepted());
}

TEST(EvidenceVerification, refuses_evidence_that_does_not_answer_the_nonce) {
    const auto verification =
        verify_under_test_root(quote_bundle("sgx_v3"), {.time = {}, .nonce = Bytes(32, 1)});
    EXPECT_EQ(verification.violations, std::vector{Reason::kPolicyNonce});
    EXPECT_FALSE(verification.has_answered_nonce);
}

TEST(EvidenceVerification, refuses_a_binding_block_of_other_evidence) {
    auto bundle = quote_bundle("sgx_v3");
    BindingBlock block;
    block.nonce = Bytes(32, 1);
    bundle.binding_block = encode(block);
    const auto verification = verify_under_test_root(bundle, {});
    EXPECT_EQ(verification.violations, std::vector{Reason::kBindReportDataMismatch});
    EXPECT_FALSE(verification.binding.has_value());
}

TEST(EvidenceVerification, explains_every_violation_in_a_sentence) {
    policy_file::PolicyDocument document;
    document.policy = Policy::strict();
    document.policy.accepted_types = {EvidenceType::kSnp};
    document.policy.measurements = MeasurementRules{};
    const auto verification =
        verify_under_test_root(quote_bundle("sgx_v3"), {.time = {}, .policy = document});
    const auto sentences = explain(verification);
    EXPECT_EQ(verification.violations.size(), 2U);
    EXPECT_EQ(sentences.size(), 2U);
    for (const auto& sentence : sentences) {
        EXPECT_TRUE(sentence.ends_with('.')) << sentence;
        EXPECT_FALSE(std::islower(static_cast<unsigned char>(sentence.front()))) << sentence;
    }
}

struct Finished {
    int status = 0;
    std::string out;
    std::string err;
    Json json;
};

class EvidenceCommands : public ::testing::Test {
  protected:
    Finished redoubt(std::vector<std::string> arguments) {
        std::vector<std::string> all{"--keystore", (folder_.path() / "keys").string(), "--state",
                                     (folder_.path() / "state").string(), "evidence"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        std::ostringstream out;
        std::ostringstream err;
        Finished finished;
        finished.status = run_program(std::move(all), out, err);
        finished.out = out.str();
        finished.err = err.str();
        finished.json = Json::parse(finished.out, nullptr, false);
        return finished;
    }
    std::string write(const std::string& name, std::string_view content) {
        const auto path = (folder_.path() / name).string();
        std::ofstream{path, std::ios::binary} << content;
        return path;
    }
    std::string bundle_file(const std::string& name) {
        return write(name + ".json", encode(quote_bundle(name)));
    }

    TestFolder folder_;
};

TEST_F(EvidenceCommands, show_says_that_nothing_is_verified) {
    const auto shown = redoubt({"show", bundle_file("tdx_v4")});
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_TRUE(shown.out.starts_with("NOT VERIFIED"));
    EXPECT_NE(shown.out.find("mr td"), std::string::npos);
    const auto json = redoubt({"show", bundle_file("tdx_v4"), "--json"});
    EXPECT_EQ(json.json["verified"], false);
    EXPECT_EQ(json.json["fields"]["quote_version"], 4);
}

// No test root is ever trusted by the program, whatever is passed to it.
TEST_F(EvidenceCommands, verify_refuses_evidence_under_another_root) {
    const auto time = to_utc(tests::kDcapTestTime);
    const auto refused = redoubt({"verify", bundle_file("sgx_v3"), "--time", time, "--json"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.json["verified"], false);
    EXPECT_EQ(refused.json["accepted"], false);
    EXPECT_EQ(refused.json["reason"], "CHAIN_UNTRUSTED");
    EXPECT_FALSE(refused.json["advice"].empty());
    EXPECT_EQ(refused.json["claims"], Json::object());
    const auto text = redoubt({"verify", bundle_file("sgx_v3"), "--time", time});
    EXPECT_EQ(text.status, 1);
    EXPECT_NE(text.out.find("CHAIN_UNTRUSTED"), std::string::npos);
}

TEST_F(EvidenceCommands, explain_says_what_to_do) {
    const auto explained = redoubt({"explain", bundle_file("sgx_v3"), "--time", "1800000000"});
    EXPECT_EQ(explained.status, 0) << explained.err;
    EXPECT_TRUE(explained.out.ends_with(".\n")) << explained.out;
}

TEST_F(EvidenceCommands, verify_ends_with_2_for_what_it_cannot_read) {
    const auto file = bundle_file("sgx_v3");
    const auto code = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "verify");
        arguments.emplace_back("--json");
        const auto finished = redoubt(std::move(arguments));
        EXPECT_EQ(finished.status, 2) << finished.out;
        return finished.json["error"]["code"].get<std::string>();
    };
    EXPECT_EQ(code({(folder_.path() / "none").string()}), "file_unreadable");
    EXPECT_EQ(code({file, "--time", "yesterday"}), "time_malformed");
    EXPECT_EQ(code({file, "--nonce", "00"}), "nonce_malformed");
    for (const auto* option : {"--nonce", "--binding", "--type", "--ear", "--collateral"}) {
        EXPECT_EQ(code({file, option, ""}), "usage") << option;
    }
    EXPECT_EQ(code({file, "--policy", write("p.toml", "format = 1")}), "policy_invalid");
    EXPECT_EQ(code({file, "--policy",
                    write("built_in.toml", "format = \"redoubt-policy/1\"\nname = \"built-in\"\n")}),
              "policy_invalid");
    EXPECT_EQ(code({file, "--fingerprint", "sgx"}), "identifier_malformed");
    EXPECT_EQ(code({file, "--ear", "token", "--ear-key", "//Verifier", "--attestation-key", file}),
              "evidence_options_contradict");
    EXPECT_EQ(code({file, "--type", "quote"}), "evidence_type_unknown");
    EXPECT_EQ(code({file, "--ear", "token"}), "evidence_options_contradict");
    const auto token = (folder_.path() / "token").string();
    EXPECT_EQ(code({file, "--ear", token, "--ear-key", "//Verifier", "--time", "1800000000"}),
              "evidence_options_contradict");
    EXPECT_FALSE(std::filesystem::exists(token));
    EXPECT_EQ(code({}), "usage");
}

TEST_F(EvidenceCommands, say_why_a_file_cannot_be_read) {
    const auto error = [&](std::vector<std::string> arguments) {
        arguments.emplace_back("--json");
        return redoubt(std::move(arguments)).json["error"];
    };
    const auto none = error({"verify", (folder_.path() / "none").string()});
    EXPECT_EQ(none["code"], "file_unreadable");
    EXPECT_NE(none["message"].get<std::string>().find("there is no such file"), std::string::npos) << none;
    const auto folder = error({"verify", folder_.path().string()});
    EXPECT_EQ(folder["code"], "file_unreadable");
    EXPECT_NE(folder["message"].get<std::string>().find("it is a folder"), std::string::npos) << folder;
    const auto twice = error({"verify", "-", "--type", "sgx", "--collateral", "-"});
    EXPECT_EQ(twice["code"], "evidence_options_contradict");
    EXPECT_NE(twice["message"].get<std::string>().find("more than one file"), std::string::npos) << twice;
    const auto token = error({"verify", bundle_file("sgx_v3"), "--ear", "-", "--ear-key", "//Verifier"});
    EXPECT_EQ(token["code"], "evidence_options_contradict");
    EXPECT_NE(token["message"].get<std::string>().find("standard output"), std::string::npos) << token;
    EXPECT_FALSE(std::filesystem::exists("-"));
}

// As a shell hands over what a command writes.
TEST_F(EvidenceCommands, read_from_a_pipe) {
    const auto pipe = (folder_.path() / "pipe").string();
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const auto bundle = encode(quote_bundle("sgx_v3"));
    std::thread writer{[&] { std::ofstream{pipe, std::ios::binary} << bundle; }};
    const auto shown = redoubt({"show", pipe, "--json"});
    writer.join();
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_EQ(shown.json["type"], "sgx");
}

TEST_F(EvidenceCommands, name_the_type_that_was_meant) {
    const auto quote = tests::source_folder() / "tests/fuzz/corpus/dcap_quote/tdx_v4";
    const auto error = [&](std::vector<std::string> arguments) {
        arguments.emplace_back("--json");
        return redoubt(std::move(arguments)).json["error"];
    };
    const auto upper = error({"verify", quote, "--type", "TDX"});
    EXPECT_EQ(upper["code"], "evidence_type_unknown");
    EXPECT_TRUE(upper["remedy"].get<std::string>().starts_with("Did you mean tdx?")) << upper;
    const auto bundle = error({"verify", bundle_file("sgx_v3"), "--type", "sgx"});
    EXPECT_EQ(bundle["code"], "evidence_options_contradict");
    EXPECT_NE(bundle["message"].get<std::string>().find("is a bundle"), std::string::npos) << bundle;
    EXPECT_EQ(redoubt({"show", quote, "--json"}).json["type"], "tdx");
    const auto shown = error({"show", quote, "--type", "sgx"});
    EXPECT_EQ(shown["details"]["reason"], "QUOTE_BODY_INVALID");
    EXPECT_NE(shown["message"].get<std::string>().find("a quote of TDX"), std::string::npos) << shown;
}

TEST_F(EvidenceCommands, verify_ends_with_1_for_a_bundle_that_is_none) {
    const auto refused = redoubt({"verify", write("b.json", "{}"), "--json"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.json["error"]["code"], "evidence_malformed");
    EXPECT_EQ(refused.json["error"]["details"]["reason"], "JSON_MALFORMED");
}

TEST_F(EvidenceCommands, verify_signs_its_result_with_an_ed25519_account) {
    std::ostringstream out;
    std::ostringstream err;
    for (const auto* scheme : {"ed25519", "sr25519"}) {
        ASSERT_EQ(run_program({"--keystore", (folder_.path() / "keys").string(), "account", "import", scheme,
                               "--scheme", scheme, "--uri", "//Verifier", "--no-password"},
                              out, err),
                  0)
            << err.str();
    }
    const auto file = bundle_file("sgx_v3");
    const auto token = (folder_.path() / "token").string();
    const auto made = redoubt({"verify", file, "--ear", token, "--ear-key", "ed25519", "--json"});
    EXPECT_EQ(made.status, 1);
    const auto written = made.json["ear"]["token"].get<std::string>() + "\n";
    EXPECT_EQ(tests::read_file(token), written);
    for (const auto& there : {token, file}) {
        const auto before = tests::read_file(there);
        const auto again = redoubt({"verify", file, "--ear", there, "--ear-key", "ed25519", "--json"});
        EXPECT_EQ(again.json["error"]["code"], "file_exists");
        EXPECT_EQ(tests::read_file(there), before);
    }
    const auto refused = redoubt({"verify", file, "--ear", token, "--ear-key", "sr25519", "--json"});
    EXPECT_EQ(refused.json["error"]["code"], "ear_key_unsuitable");
}

TEST_F(EvidenceCommands, verify_signs_its_result_with_a_key_in_pem) {
    const auto file = bundle_file("sgx_v3");
    const auto token = (folder_.path() / "token").string();
    const auto key = write("key.pem",
                           "-----BEGIN PRIVATE KEY-----\n"
                           "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                           "-----END PRIVATE KEY-----\n");
    const auto made = redoubt({"verify", file, "--ear", token, "--ear-key-file", key, "--json"});
    ASSERT_EQ(made.status, 1) << made.err;
    EXPECT_EQ(tests::read_file(token), made.json["ear"]["token"].get<std::string>() + "\n");
    EXPECT_EQ(made.err.find("MC4CAQ"), std::string::npos);
    for (const auto& arguments :
         {std::vector<std::string>{"verify", file, "--ear-key-file", key, "--json"},
          {"verify", file, "--ear", token, "--ear-key-file", key, "--ear-key", "//Alice", "--json"}}) {
        EXPECT_EQ(redoubt(arguments).json["error"]["code"], "evidence_options_contradict");
    }
    EXPECT_EQ(
        redoubt({"verify", file, "--ear", token, "--ear-key-file", file, "--json"}).json["error"]["code"],
        "ear_key_unsuitable");
}

}  // namespace
}  // namespace redoubt::wallet
