package call

import (
	"fmt"
	"time"
)

// Another city's hotline takes a caller whom our queue cannot serve (多援一). He goes on waiting with music while it
// rings there; when nobody takes him he is back at his place.

// regionRings is how long each route may ring.
const regionRings = 30 * time.Second

// divert dials the routes to another city one after another.
func (c *Call) divert(now time.Time, e Event) bool {
	if len(e.Routes) == 0 {
		return false
	}
	c.dropSession()
	c.do(Command{Verb: Dequeue})
	c.rec.OverflowedAt, c.rec.OverflowTo, c.rec.LostWhy = now, "region:"+e.Queue, e.Reason
	c.region, c.routes = e.Queue, e.Routes
	c.become(now, Diverting, e.Kind)
	c.dialRegion(now)
	if !c.answering {
		c.ring()
	}
	return true
}

func (c *Call) dialRegion(now time.Time) {
	c.legs++
	id := LegID(fmt.Sprintf("%s.r%d.%s", c.rec.ID, c.legs, c.region))
	c.agent = &leg{LegRecord: LegRecord{ID: id, Call: c.rec.ID, Role: RoleRegion, CreatedAt: now}}
	c.keepLeg(&c.agent.LegRecord)
	c.ringUntil = now.Add(regionRings)
	c.do(Command{
		Verb: Originate, Leg: id, Endpoint: c.routes[0], From: c.rec.Number, For: regionRings + dialGrace,
		Headers: []Header{{HeaderCallID, string(c.rec.ID)}},
	})
	c.routes = c.routes[1:]
}

func (c *Call) stepDiverting(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine:
		c.agentUp(now)
		c.enterDiverted(now, e.Kind)
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.nextRoute(now, e.Kind)
	case e.Kind == Failed && mine, e.Kind == Timeout:
		c.abandonLeg()
		c.nextRoute(now, e.Kind)
	case e.Kind == PromptEnded, e.Kind == PromptLost:
		c.promptEnded(e)
	case e.Kind == Unattended:
		c.answer()
		c.startMusic()
	case e.Kind == HangUpBy:
		c.finish(now, c.resultNow(e.By), e.By, e.Kind)
	default:
		return false
	}
	return true
}

// nextRoute tries the next way to the other city; after the last the caller waits with us again.
func (c *Call) nextRoute(now time.Time, cause Kind) {
	if len(c.routes) > 0 {
		c.dialRegion(now)
		return
	}
	c.rec.OverflowedAt, c.rec.OverflowTo, c.rec.LostWhy = time.Time{}, "", ""
	c.enterWaiting(now, cause)
}

func (c *Call) enterDiverted(now time.Time, cause Kind) {
	c.ringUntil = time.Time{}
	c.become(now, Diverted, cause)
	c.answer()
	c.stopPlaying()
	c.stopMusic()
	c.join()
}

func (c *Call) stepDiverted(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.finish(now, OverflowedOut, ByRegion, e.Kind)
	case e.Kind == Timeout:
		c.retryAt = time.Time{}
		c.join()
		c.joinAgent()
	case e.Kind == HangUpBy:
		c.finish(now, OverflowedOut, e.By, e.Kind)
	case e.Kind == PromptEnded, e.Kind == PromptLost, e.Kind == LegUp && mine, e.Kind == Failed && mine, e.Kind == Unattended:
	default:
		return false
	}
	return true
}
