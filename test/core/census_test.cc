// Who answers, and how a server that may have lost sessions gets them back.
#include "topology/census.h"

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

constexpr Servers kA = ServerBit(0);
constexpr Servers kB = ServerBit(1);
constexpr Servers kC = ServerBit(2);
constexpr Servers kAll = kA | kB | kC;

void ExpectDeciders(const Census& census, Servers deciding, Servers vouching) {
  const Deciders found = DecidersIn(census);
  EXPECT_EQ(found.deciding, deciding);
  EXPECT_EQ(found.vouching, vouching);
}

void ExpectLesson(const Lesson& lesson, Course course, Servers teachers) {
  EXPECT_EQ(lesson.course, course);
  EXPECT_EQ(lesson.teachers, teachers);
}

TEST(DecidersTest, AllThatAreTrusted) {
  ExpectDeciders({.trusted = kA | kC, .settling = kB, .intact = kAll}, kA | kC, kA | kC);
}

TEST(DecidersTest, ASilentOneIsNotAskedWhereThereIsAnother) {
  ExpectDeciders({.trusted = kAll, .silent = kA, .intact = kAll}, kB | kC, kB | kC);
  ExpectDeciders({.trusted = kA, .settling = kB, .silent = kA, .intact = kAll}, kA, kA);
}

TEST(DecidersTest, OneThatMayHaveLostSessionsIsAskedButDoesNotVouch) {
  ExpectDeciders({.trusted = kAll, .intact = kB}, kAll, kB);
}

TEST(DecidersTest, OneThatHasLostNothingIsWaitedForThoughItIsSilent) {
  ExpectDeciders({.trusted = kA | kB, .silent = kB, .intact = kB}, kA | kB, kB);
}

TEST(DecidersTest, TheRestVouchWhereNobodyIsIntact) {
  ExpectDeciders({.trusted = kA | kB}, kA | kB, kA | kB);
  ExpectDeciders({.trusted = kA | kB, .silent = kA}, kB, kB);
}

TEST(DecidersTest, OneThatSettlesAndIsIntactGoesBeforeTheRest) {
  ExpectDeciders({.settling = kA | kB, .catching_up = kC, .intact = kB | kC}, kB, kB);
}

TEST(DecidersTest, AnEmptyOneDoesNotDecideWhileAnIntactOneIsOnItsWay) {
  ExpectDeciders({.settling = kA, .catching_up = kB, .intact = kB}, 0, 0);
  ExpectDeciders({.settling = kA, .catching_up = kB}, kA, kA);
}

TEST(DecidersTest, NorWhileAnIntactOneHasBeenLostAMomentAgo) {
  ExpectDeciders({.settling = kA, .just_lost = kB, .intact = kB}, 0, 0);
  ExpectDeciders({.settling = kA, .just_lost = kB}, kA, kA);
}

TEST(DecidersTest, ATrustedOneIsBelievedMeanwhileWhenItHasTheSession) {
  ExpectDeciders({.trusted = kA, .just_lost = kB, .intact = kB}, kA, 0);
  ExpectDeciders({.trusted = kA, .catching_up = kB, .intact = kB}, kA, 0);
  ExpectDeciders({.trusted = kA, .intact = kB}, kA, kA);
}

TEST(DecidersTest, NobodyWhereNobodyIs) { ExpectDeciders({.intact = kAll}, 0, 0); }

TEST(LessonTest, OneThatHasLostNothingSettles) {
  const Census census{.trusted = kA, .settling = kB, .intact = kAll};
  ExpectLesson(LessonFor(census, kB, kA), Course::kSettle, kA);
}

TEST(LessonTest, OrIsTrustedWhereNobodyKnowsMore) {
  const Census census{.trusted = kA, .catching_up = kB, .intact = kAll};
  ExpectLesson(LessonFor(census, kB, 0), Course::kTrust, 0);
}

TEST(LessonTest, OneThatHasLostSessionsIsMadeLikeThoseThatKnowAll) {
  const Census census{.trusted = kA | kB, .settling = kC, .intact = kA | kB};
  ExpectLesson(LessonFor(census, kC, kA), Course::kMirror, kA);
}

// It was away for a moment itself: it has all its sessions, and may not have been told of some.
TEST(LessonTest, AnIntactOneThatMayHaveMissedSomethingIsNoReasonForRemovals) {
  const Census census{.trusted = kA, .settling = kB, .intact = kA};
  ExpectLesson(LessonFor(census, kB, 0), Course::kMend, kA);
}

TEST(LessonTest, AnEmptyOneIsNoReasonForRemovalsHoweverLongItHasBeenTrusted) {
  const Census intact{.trusted = kA, .settling = kB, .intact = kB};
  ExpectLesson(LessonFor(intact, kB, kA), Course::kTrust, 0);
  const Census neither{.trusted = kA, .settling = kB, .intact = kC};
  ExpectLesson(LessonFor(neither, kB, kA), Course::kMend, kA);
}

TEST(LessonTest, AnEmptyOneWaitsForAnIntactOneThatIsOnItsWay) {
  ExpectLesson(LessonFor({.settling = kA, .catching_up = kB, .intact = kB}, kA, 0), Course::kWait,
               0);
  ExpectLesson(LessonFor({.trusted = kC, .settling = kA | kB, .intact = kB}, kA, kC), Course::kWait,
               0);
}

TEST(LessonTest, AndForOneThatWasLostAMomentAgo) {
  ExpectLesson(LessonFor({.settling = kA, .just_lost = kB, .intact = kB}, kA, 0), Course::kWait, 0);
  ExpectLesson(LessonFor({.settling = kA, .just_lost = kB}, kA, 0), Course::kTrust, 0);
}

TEST(LessonTest, WithNobodyWhoHasMoreItIsTrustedAsItIs) {
  ExpectLesson(LessonFor({.settling = kA, .intact = kB}, kA, 0), Course::kTrust, 0);
}

TEST(FillingTest, FromThoseThatAreIntact) {
  ExpectLesson(FillingFor({.trusted = kAll, .intact = kC}, kA, kC), Course::kMend, kC);
}

TEST(FillingTest, ElseOnceFromEachOfTheRest) {
  ExpectLesson(FillingFor({.trusted = kAll}, kA, 0), Course::kFill, kB | kC);
  ExpectLesson(FillingFor({.trusted = kAll}, kA, kB), Course::kFill, kC);
  ExpectLesson(FillingFor({.trusted = kAll}, kA, kB | kC), Course::kWait, 0);
}

TEST(FillingTest, NotFromOneThatIsSilent) {
  ExpectLesson(FillingFor({.trusted = kAll, .silent = kC, .intact = kC}, kA, 0), Course::kFill, kB);
}

TEST(IntactTest, AfterAnIntactOneOrWhenThereIsNone) {
  EXPECT_TRUE(IsIntactAfter({.trusted = kA | kB, .intact = kB}, kA, kB));
  EXPECT_TRUE(IsIntactAfter({.trusted = kA | kB, .intact = 0}, kA, kB));
  EXPECT_TRUE(IsIntactAfter({.trusted = kA | kB, .intact = kA}, kA, kB));
}

TEST(IntactTest, NotWhileOneIsAwayThatMayHaveMore) {
  EXPECT_FALSE(IsIntactAfter({.trusted = kA | kB, .intact = kC}, kA, kB));
}

}  // namespace
}  // namespace connect_hiredis::test
