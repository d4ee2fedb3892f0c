// What is done about a session that some servers have and another lacks, or the other way round.
#include "topology/comparison.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

using Action = Comparison::Action;
using Copy = Comparison::Copy;
using Mode = Comparison::Mode;

constexpr Copy kOld{.value = "old", .time_to_live = 60'000};
constexpr Copy kNew{.value = "new", .time_to_live = 60'000};
const std::vector<Mode> kModes = {Mode::kMirror, Mode::kMend, Mode::kFill, Mode::kAlign,
                                  Mode::kRecover};

class ComparisonTest : public testing::Test {
 protected:
  Action Judge(Comparison& comparison, std::optional<Copy> source, std::optional<Copy> target,
               bool second_look = false) {
    const auto verdict = comparison.Judge("a", source ? &*source : nullptr,
                                          target ? &*target : nullptr, second_look);
    again = verdict.again;
    return verdict.action;
  }

  // At both looks.
  std::vector<Action> JudgeTwice(Mode mode, std::optional<Copy> source,
                                 std::optional<Copy> target) {
    Comparison comparison(mode);
    std::vector<Action> actions = {Judge(comparison, source, target)};
    if (again) actions.push_back(Judge(comparison, source, target, true));
    return actions;
  }

  bool again = false;
};

TEST_F(ComparisonTest, TellsWhatItIsFor) {
  for (const Mode mode : kModes) EXPECT_EQ(Comparison(mode).mode(), mode);
}

TEST_F(ComparisonTest, WhatIsTheSameIsLeftAlone) {
  for (const Mode mode : kModes) {
    EXPECT_EQ(JudgeTwice(mode, kNew, kNew), std::vector{Action::kNothing});
    EXPECT_EQ(JudgeTwice(mode, std::nullopt, std::nullopt), std::vector{Action::kNothing});
  }
}

TEST_F(ComparisonTest, WhatTheTargetLacksItGetsAndItIsLookedAtAgain) {
  for (const Mode mode : {Mode::kMirror, Mode::kMend, Mode::kFill}) {
    Comparison comparison(mode);
    EXPECT_EQ(Judge(comparison, kNew, std::nullopt), Action::kCreate);
    EXPECT_TRUE(again);
    EXPECT_EQ(Judge(comparison, kNew, kNew, true), Action::kNothing);
    EXPECT_FALSE(again);
  }
}

TEST_F(ComparisonTest, AnAlignmentCreatesNothing) {
  EXPECT_EQ(JudgeTwice(Mode::kAlign, kNew, std::nullopt), std::vector{Action::kNothing});
}

TEST_F(ComparisonTest, WhatIsRecoveredIsCreatedAtTheSecondLookOnly) {
  EXPECT_EQ(JudgeTwice(Mode::kRecover, kNew, std::nullopt),
            (std::vector{Action::kNothing, Action::kCreate}));
  EXPECT_EQ(JudgeTwice(Mode::kRecover, kNew, kOld), std::vector{Action::kNothing});
  // Somebody was destroying it.
  Comparison comparison(Mode::kRecover);
  Judge(comparison, kNew, std::nullopt);
  EXPECT_EQ(Judge(comparison, std::nullopt, std::nullopt, true), Action::kNothing);
  EXPECT_FALSE(again);
}

TEST_F(ComparisonTest, WhatTheSourcesLackIsKept) {
  for (const Mode mode : {Mode::kMend, Mode::kFill, Mode::kAlign, Mode::kRecover}) {
    EXPECT_EQ(JudgeTwice(mode, std::nullopt, kOld), std::vector{Action::kNothing});
  }
}

TEST_F(ComparisonTest, UnlessTheyVouchForIt) {
  EXPECT_EQ(JudgeTwice(Mode::kMirror, std::nullopt, kOld),
            (std::vector{Action::kNothing, Action::kRemove}));
}

TEST_F(ComparisonTest, AndNobodyWritesItMeanwhile) {
  Comparison comparison(Mode::kMirror);
  EXPECT_EQ(Judge(comparison, std::nullopt, kOld), Action::kNothing);
  EXPECT_EQ(Judge(comparison, std::nullopt, kNew, true), Action::kNothing);
  EXPECT_TRUE(again);
  EXPECT_EQ(Judge(comparison, kNew, kNew, true), Action::kNothing);
  EXPECT_FALSE(again);
}

TEST_F(ComparisonTest, ACopyIsTakenBackWhenWhatItWasMadeFromIsGone) {
  for (const Mode mode : {Mode::kMirror, Mode::kMend, Mode::kFill}) {
    Comparison comparison(mode);
    EXPECT_EQ(Judge(comparison, kOld, std::nullopt), Action::kCreate);
    EXPECT_EQ(Judge(comparison, std::nullopt, kOld, true), Action::kRemove);
    EXPECT_FALSE(again);
  }
}

TEST_F(ComparisonTest, NotWhenSomebodyElseHasWrittenItSince) {
  Comparison comparison(Mode::kMend);
  Judge(comparison, kOld, std::nullopt);
  EXPECT_EQ(Judge(comparison, std::nullopt, kNew, true), Action::kNothing);
  EXPECT_FALSE(again);
}

TEST_F(ComparisonTest, WhatThisProcessHasWrittenBeforeCountsAsACopy) {
  Comparison comparison(Mode::kMend);
  comparison.Wrote("a", Comparison::MarkOf("old"));
  EXPECT_EQ(Judge(comparison, std::nullopt, kOld), Action::kNothing);
  EXPECT_TRUE(again);
  EXPECT_EQ(Judge(comparison, std::nullopt, kOld, true), Action::kRemove);
}

TEST_F(ComparisonTest, WhatDiffersIsReplacedIfItStillDiffersAtTheSecondLook) {
  for (const Mode mode : {Mode::kMirror, Mode::kMend}) {
    EXPECT_EQ(JudgeTwice(mode, kNew, kOld), (std::vector{Action::kNothing, Action::kReplace}));
  }
  EXPECT_EQ(JudgeTwice(Mode::kAlign, kNew, kOld), std::vector{Action::kReplace});
  EXPECT_EQ(JudgeTwice(Mode::kFill, kNew, kOld), std::vector{Action::kNothing});
}

TEST_F(ComparisonTest, NotWhileItIsWritten) {
  Comparison comparison(Mode::kMend);
  constexpr Copy kNewer{.value = "newer", .time_to_live = 60'000};
  EXPECT_EQ(Judge(comparison, kNew, kOld), Action::kNothing);
  EXPECT_EQ(Judge(comparison, kNewer, kOld, true), Action::kNothing);
  EXPECT_TRUE(again);
  EXPECT_EQ(Judge(comparison, kNewer, kOld, true), Action::kReplace);
}

TEST_F(ComparisonTest, AnotherExpiryIsRenewed) {
  constexpr Copy kShorter{.value = "new", .time_to_live = 50'000};
  constexpr Copy kAlmost{.value = "new", .time_to_live = 59'500};
  constexpr Copy kForEver{.value = "new", .time_to_live = -1};
  const std::vector renewed{Action::kNothing, Action::kRenew};
  EXPECT_EQ(JudgeTwice(Mode::kMend, kNew, kShorter), renewed);
  EXPECT_EQ(JudgeTwice(Mode::kMend, kNew, kForEver), renewed);
  EXPECT_EQ(JudgeTwice(Mode::kMend, kNew, kAlmost), std::vector{Action::kNothing});
  EXPECT_EQ(JudgeTwice(Mode::kMend, kForEver, kForEver), std::vector{Action::kNothing});
}

}  // namespace
}  // namespace connect_hiredis::test
