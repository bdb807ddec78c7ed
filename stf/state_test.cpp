#include <gtest/gtest.h>

#include <stf/state.hpp>

namespace redoubt::stf {
namespace {

const Bytes kKey{1};
const Bytes kOther{2};

TEST(Overlay, returns_the_newest_layer_and_leaves_the_base_alone) {
    const State state{Entries{{kKey, {10}}}};
    Overlay overlay{state};
    EXPECT_EQ(overlay.get(kKey), Bytes{10});
    overlay.put(kKey, {11});
    overlay.begin();
    overlay.remove(kKey);
    EXPECT_EQ(overlay.get(kKey), std::nullopt);
    overlay.drop();
    EXPECT_EQ(overlay.get(kKey), Bytes{11});
    EXPECT_EQ(state.get(kKey), Bytes{10});
}

TEST(Overlay, commits_a_layer_into_the_one_below) {
    const State state{Entries{{kKey, {10}}}};
    Overlay overlay{state};
    overlay.begin();
    overlay.put(kOther, {1});
    overlay.begin();
    overlay.remove(kKey);
    overlay.commit();
    overlay.commit();
    const auto changes = overlay.take_changes();
    EXPECT_EQ(changes, (Changes{{kKey, std::nullopt}, {kOther, Bytes{1}}}));
}

TEST(State, counts_its_bytes) {
    State state{Entries{{kKey, {1, 2, 3}}}};
    EXPECT_EQ(state.total_bytes(), 4U);
    state.apply({{kKey, Bytes{1}}, {kOther, Bytes{}}});
    EXPECT_EQ(state.total_bytes(), 3U);
    state.apply({{kKey, std::nullopt}, {Bytes{9}, std::nullopt}});
    EXPECT_EQ(state.total_bytes(), 1U);
    EXPECT_EQ(state.entries().size(), 1U);
}

}  // namespace
}  // namespace redoubt::stf
