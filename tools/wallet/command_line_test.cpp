#include <tools/wallet/command_line.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

/// A port of this machine where nobody listens.
constexpr const char* kNobody = "ws://127.0.0.1:1";

struct Finished {
    int status = 0;
    std::string out;
    std::string err;
    [[nodiscard]] Json json() const { return Json::parse(out, nullptr, false); }
};

Finished run(std::vector<std::string> arguments) {
    std::ostringstream out;
    std::ostringstream err;
    Finished result;
    result.status = run_program(std::move(arguments), out, err);
    result.out = out.str();
    result.err = err.str();
    return result;
}

struct CommandLine : ::testing::Test {
    CommandLine() { std::ofstream{password()} << "secret\n"; }
    std::string password() const { return (folder.path() / "password").string(); }
    /// With the keystore and password of this test, and no chain.
    Finished wallet(std::vector<std::string> arguments) {
        std::vector<std::string> all{"--chain",         kNobody,
                                     "--keystore",      (folder.path() / "keys").string(),
                                     "--password-file", password()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return run(std::move(all));
    }
    TestFolder folder;
};

TEST_F(CommandLine, help_and_version_succeed) {
    EXPECT_EQ(run({"--help"}).status, 0);
    EXPECT_NE(run({"--help"}).out.find("--planck"), std::string::npos);
    EXPECT_EQ(run({"trusted", "transfer", "--help"}).status, 0);
    EXPECT_EQ(run({"version"}).status, 0);
    EXPECT_EQ(run({"--json", "version"}).json()["program"], "redoubt");
}

TEST_F(CommandLine, shows_its_version_in_both_ways) {
    EXPECT_EQ(run({"--version"}).status, 0);
    EXPECT_EQ(run({"--version"}).out, run({"version"}).out);
    EXPECT_TRUE(run({"--version"}).out.starts_with("redoubt 0."));
    EXPECT_EQ(run({"--json", "--version"}).json()["program"], "redoubt");
    EXPECT_EQ(run({"--version", "--json"}).json()["program"], "redoubt");
    EXPECT_EQ(run({"transfer", "--version"}).status, 0);
}

TEST_F(CommandLine, names_an_unknown_command_and_what_was_meant) {
    const auto far = run({"--json", "bogus"});
    EXPECT_EQ(far.status, 2);
    EXPECT_NE(far.json()["error"]["message"].get<std::string>().find("'bogus'"), std::string::npos);
    EXPECT_NE(far.json()["error"]["remedy"].get<std::string>().find("transfer"), std::string::npos);
    const auto near = run({"trusted", "trasnfer", "//Alice", "//Bob", "1"});
    EXPECT_EQ(near.status, 2);
    EXPECT_NE(near.err.find("'trasnfer' is no command of redoubt trusted"), std::string::npos) << near.err;
    EXPECT_NE(near.err.find("redoubt trusted transfer"), std::string::npos) << near.err;
}

TEST_F(CommandLine, rejects_unknown_commands_and_missing_arguments) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                       {"frobnicate"},
                                                                       {"account"},
                                                                       {"balance"},
                                                                       {"transfer", "//Alice"},
                                                                       {"version", "--no-such-option"}}) {
        EXPECT_EQ(run(arguments).status, 2);
    }
    const auto result = run({"--json", "balance"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.json()["error"]["code"], "usage");
}

TEST_F(CommandLine, prints_only_what_is_a_call) {
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"trusted", "balance", "//Alice"},
                                               {"trusted", "counter", "get"},
                                               {"trusted", "status", "0x00"},
                                               {"transfer", "//Alice", "//Bob", "1"}}) {
        auto all = arguments;
        all.emplace_back("--print-call");
        EXPECT_EQ(wallet(all).status, 2) << arguments.back();
    }
    // These are understood, and then there is no chain.
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"shield", "//Alice", "//Bob", "1"},
                                               {"trusted", "transfer", "//Alice", "//Bob", "1"},
                                               {"trusted", "unshield", "//Alice", "//Bob", "1"},
                                               {"trusted", "set-balance", "//Alice", "1"},
                                               {"trusted", "gated", "open", "//Alice", "1"},
                                               {"trusted", "gated", "enter", "//Alice", "//Bob"},
                                               {"trusted", "gated", "open", "//Alice", "1"},
                                               {"trusted", "gated", "enter", "//Alice", "//Bob"},
                                               {"trusted", "counter", "add", "//Alice", "1"}}) {
        auto all = arguments;
        all.emplace_back("--print-call");
        EXPECT_EQ(wallet(all).status, 3) << arguments.back();
    }
}

TEST_F(CommandLine, global_options_may_stand_behind_the_command) {
    EXPECT_EQ(run({"version", "--json"}).json()["program"], "redoubt");
}

TEST_F(CommandLine, rejects_a_negative_amount_by_name) {
    const auto result = wallet({"transfer", "//Alice", "//Bob", "-5", "--json"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.json()["error"]["code"], "amount_negative");
}

TEST_F(CommandLine, a_chain_that_does_not_answer_is_exit_code_3) {
    const auto result = wallet({"--json", "balance", "//Alice"});
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.json()["error"]["code"], "chain_unreachable");
    EXPECT_FALSE(result.json()["error"]["remedy"].get<std::string>().empty());
}

TEST_F(CommandLine, a_chain_address_that_is_none_is_a_usage_error) {
    const auto result = run({"--chain", "http://127.0.0.1:1", "--json", "chain", "head"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.json()["error"]["code"], "chain_url_invalid");
}

TEST_F(CommandLine, makes_lists_and_inspects_accounts_without_a_chain) {
    const auto made = wallet({"--json", "account", "new", "mine", "--scheme", "ed25519", "--words", "24"});
    ASSERT_EQ(made.status, 0) << made.err;
    const auto phrase = made.json()["mnemonic"].get<std::string>();
    EXPECT_EQ(std::count(phrase.begin(), phrase.end(), ' '), 23);
    const auto listed = wallet({"--json", "account", "list"}).json();
    ASSERT_EQ(listed["accounts"].size(), 1U);
    EXPECT_EQ(listed["accounts"][0]["scheme"], "ed25519");
    EXPECT_EQ(listed["accounts"][0]["account_id"], made.json()["account_id"]);
    const auto inspected = wallet({"--json", "account", "inspect", "mine"});
    EXPECT_EQ(inspected.json()["account_id"], made.json()["account_id"]);
    EXPECT_EQ(inspected.json()["public_key"], made.json()["public_key"]);

    const auto imported =
        wallet({"--json", "account", "import", "again", "--scheme", "ed25519", "--uri", phrase});
    EXPECT_EQ(imported.json()["account_id"], made.json()["account_id"]);
}

TEST_F(CommandLine, the_phrase_of_a_new_account_is_nowhere_in_the_keystore) {
    const auto made = wallet({"--json", "account", "new", "mine"});
    const auto phrase = made.json()["mnemonic"].get<std::string>();
    for (const auto& entry : std::filesystem::directory_iterator{folder.path() / "keys"}) {
        std::ifstream in{entry.path(), std::ios::binary};
        const std::string content{std::istreambuf_iterator<char>{in}, {}};
        EXPECT_EQ(content.find(phrase.substr(0, phrase.find(' '))), std::string::npos);
    }
}

TEST_F(CommandLine, refuses_a_second_account_of_the_same_name) {
    ASSERT_EQ(wallet({"account", "new", "mine"}).status, 0);
    const auto second = wallet({"--json", "account", "new", "mine"});
    EXPECT_EQ(second.status, 1);
    EXPECT_EQ(second.json()["error"]["code"], "account_exists");
}

TEST_F(CommandLine, an_empty_password_has_to_be_asked_for) {
    std::ofstream{password(), std::ios::trunc} << "\n";
    const auto refused = wallet({"--json", "account", "new", "mine"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_EQ(refused.json()["error"]["code"], "password_empty");
    std::ofstream{password(), std::ios::trunc};
    const auto without_a_line = wallet({"--json", "account", "new", "mine"});
    EXPECT_EQ(without_a_line.status, 2);
    EXPECT_EQ(without_a_line.json()["error"]["code"], "password_empty");
    const auto made = wallet({"--json", "account", "new", "mine", "--no-password"});
    EXPECT_EQ(made.status, 0);
    EXPECT_EQ(made.json()["password"], false);
    EXPECT_NE(made.err.find("no password"), std::string::npos);
}

TEST_F(CommandLine, lists_the_schemes_when_another_is_named) {
    for (const auto* command : {"new", "import", "inspect"}) {
        const auto wrong = wallet({"--json", "account", command, "mine", "--scheme", "foo"});
        EXPECT_EQ(wrong.status, 2);
        const auto message = wrong.json()["error"]["message"].get<std::string>();
        EXPECT_NE(message.find("foo not in {sr25519,ed25519,ecdsa}"), std::string::npos) << message;
    }
    EXPECT_EQ(wallet({"account", "inspect", "//Alice", "--scheme", "ED25519"}).status, 0);
}

TEST_F(CommandLine, keeps_no_account_whose_phrase_could_not_be_shown) {
    for (const auto& form : {std::vector<std::string>{}, std::vector<std::string>{"--json"}}) {
        std::vector<std::string> all{
            "--keystore", (folder.path() / "keys").string(), "--password-file", password(), "account", "new",
            "mine"};
        all.insert(all.begin(), form.begin(), form.end());
        std::ofstream full{"/dev/full"};
        std::ostringstream err;
        EXPECT_EQ(run_program(std::move(all), full, err), 1);
        EXPECT_NE(err.str().find("standard output cannot be written: No space left"), std::string::npos);
        EXPECT_NE(err.str().find("The account mine was not kept"), std::string::npos) << err.str();
        EXPECT_EQ(wallet({"--json", "account", "list"}).json()["accounts"].size(), 0U);
    }
    EXPECT_EQ(wallet({"account", "new", "mine"}).status, 0) << "the name is free again";
}

TEST_F(CommandLine, help_that_cannot_be_printed_is_exit_code_1) {
    std::ofstream full{"/dev/full"};
    std::ostringstream err;
    EXPECT_EQ(run_program({"--help"}, full, err), 1);
    EXPECT_NE(err.str().find("standard output cannot be written"), std::string::npos) << err.str();
}

// light-client.md, section 5.5: //Alice.
TEST_F(CommandLine, inspects_development_accounts_of_every_scheme) {
    const auto key = [&](const std::string& scheme) {
        return wallet({"--json", "account", "inspect", "//Alice", "--scheme", scheme})
            .json()["public_key"]
            .get<std::string>();
    };
    EXPECT_EQ(key("sr25519"), "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
    EXPECT_EQ(key("ed25519"), "0x88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee");
    EXPECT_EQ(key("ecdsa"), "0x020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1");
}

TEST_F(CommandLine, inspecting_an_address_shows_no_key_it_cannot_know) {
    const auto result =
        wallet({"--json", "account", "inspect", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"}).json();
    EXPECT_TRUE(result["public_key"].is_null());
    EXPECT_EQ(result["account_id"], "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
}

}  // namespace
}  // namespace redoubt::wallet
