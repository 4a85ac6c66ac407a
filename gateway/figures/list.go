package figures

import (
	"fmt"
	"time"
)

// Unit is what a figure is counted in.
type Unit string

// The units.
const (
	Count   Unit = "calls"
	Ratio   Unit = "ratio" // 0 to 1
	Seconds Unit = "s"
	Grade   Unit = "grade" // 1 to 5
)

// Figure is one figure: what it is called and what it means.
type Figure struct {
	Name       string // of the glossary, for programs
	Label      string // shown
	Unit       Unit
	Definition string // in words, with the settings in force
	OfAgents   bool   // it means something for one agent
	Value      func(Sum) (v float64, ok bool)
}

// List is every figure in the order it is shown, as these settings define it.
func (s Settings) List() []Figure {
	n, short := seconds(s.AnswerWithin), seconds(s.ShortAbandon)
	out, less := "人工请求量", ""
	if s.Denominator == WithoutShort {
		out, less = "（人工请求量 − 短时放弃量）", "，短时放弃不计"
	}
	clock := "自进入队列起"
	if s.ClockStart == FromArrival {
		clock = "自来电到达起（含欢迎语）"
	}
	return []Figure{
		{"calls", "来电量", Count, "时段内到达且已结束的全部来电", false, whole(Sum.Calls)},
		{"offered", "人工请求量", Count, "接通 + 排队中放弃 + 溢出转出 + 拒入队列 + 系统原因丢失", false, whole(Sum.Offered)},
		{"answered", "人工接通量", Count, "来电人听到工号播报或座席应答", true, whole(Sum.Answered)},
		{"answer_rate", "接通率", Ratio, "人工接通量 ÷ " + out, false, Sum.AnswerRate},
		{"answered_within", n + "秒内接通量", Count, "排队与振铃合计不超过" + n + "秒，" + clock + "计时", true, whole(Sum.Within)},
		{"within_rate", n + "秒接通率", Ratio, n + "秒内接通量 ÷ " + out + "，" + clock + "计时", false, Sum.WithinRate},
		{"abandoned", "放弃量", Count, "排队或振铃中挂机，含短时放弃", false, whole(Sum.Abandoned)},
		{"abandon_rate", "放弃率", Ratio, "放弃量 ÷ " + out + less, false, Sum.AbandonRate},
		{"lost", "呼损", Count, "人工请求量 − 人工接通量，等于各原因之和", false, whole(Sum.AllLost)},
		{"loss_rate", "呼损率", Ratio, "呼损 ÷ " + out + less, false, Sum.LossRate},
		{"lost_no_agent", "呼损：无座席", Count, "没有可服务的座席签入", false, lost(NoAgent)},
		{"lost_timeout", "呼损：等待超时", Count, "等到队列时限后被转出", false, lost(Timeout)},
		{"lost_full", "呼损：队列已满", Count, "来时队列已满，未能进入", false, lost(Full)},
		{"lost_abandoned", "呼损：放弃", Count, "等待不少于" + short + "秒后挂机，且座席未曾漏接", false, lost(Gone)},
		{"lost_short_abandon", "呼损：短时放弃", Count, "等待不足" + short + "秒挂机，" + clock + "计时", false, lost(ShortAbandon)},
		{"lost_not_answered", "呼损：座席未接", Count, "曾派给座席而未接（拒接、无应答、话机不可达），其后挂机或被转出", false, lost(NotAnswered)},
		{"lost_system", "呼损：系统原因", Count, "系统任一部分故障造成", false, lost(System)},
		{"greeting_abandoned", "欢迎语中放弃", Count, "进入队列前挂机，不计入人工请求量", false, whole(Sum.GreetingAbandons)},
		{"callback_kept", "排队转回拨", Count, "排队中要求回拨并保留位置，不计入人工请求量", false, whole(Sum.CallbacksKept)},
		{"asa", "平均应答时间", Seconds, "接通来电的等待时间平均，" + clock + "计时", true, spell(Sum.ASA)},
		{"longest_wait", "最长等待", Seconds, "任一来电（接通或未接通）的最长等待，" + clock + "计时", false,
			func(s Sum) (float64, bool) { return s.LongestWait().Seconds(), true }},
		{"aht", "平均处理时间", Seconds, "（通话含保持 + 话后整理） ÷ 人工接通量", true, spell(Sum.AHT)},
		{"talk", "平均通话", Seconds, "首次接通座席至通话结束，含保持，÷ 人工接通量", true, spell(Sum.Talk)},
		{"hold", "平均保持", Seconds, "通话中保持时间 ÷ 人工接通量", true, spell(Sum.Hold)},
		{"wrap", "平均话后整理", Seconds, "已结束的话后整理 ÷ 人工接通量", true, spell(Sum.Wrap)},
		{"occupancy", "工时利用率", Ratio, "（振铃 + 通话 + 保持 + 话后整理） ÷ （前项 + 示闲），示忙、小休、签出不计", true, Sum.Occupancy},
		{"repeat_rate", "重复来电率", Ratio, fmt.Sprintf("同一号码%s内曾来电 ÷ 有号码的人工请求量", span(s.RepeatWithin)), true, Sum.RepeatRate},
		{"direct_answer_rate", "直接解答率", Ratio, "座席直接解答 ÷ 已记录处理方式的接通来电", true, Sum.DirectAnswerRate},
		{"rated", "评价量", Count, "通话后作出评价的来电", true, whole(Sum.Rated)},
		{"satisfied_rate", "满意率", Ratio, fmt.Sprintf("评价 1 至 %d 级 ÷ 评价量", s.SatisfiedTo), true, Sum.Satisfied},
		{"rating", "平均评价", Grade, "1 非常满意 … 5 非常不满意", true, Sum.Rating},
	}
}

func whole(count func(Sum) int) func(Sum) (float64, bool) {
	return func(s Sum) (float64, bool) { return float64(count(s)), true }
}

func lost(r Reason) func(Sum) (float64, bool) {
	return func(s Sum) (float64, bool) { return float64(s.Lost(r)), true }
}

func spell(d func(Sum) (time.Duration, bool)) func(Sum) (float64, bool) {
	return func(s Sum) (float64, bool) {
		v, ok := d(s)
		return v.Seconds(), ok
	}
}

func seconds(d time.Duration) string { return fmt.Sprint(d.Seconds()) }

func span(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0 && d > 24*time.Hour:
		return fmt.Sprintf("%d天", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%d小时", d/time.Hour)
	}
	return fmt.Sprintf("%d分钟", d/time.Minute)
}
