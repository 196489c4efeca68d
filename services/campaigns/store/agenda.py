"""What campaigns has to do in which shop, and when."""

from typing import Literal

from bezkart.kit.agenda import Agenda

Work = Literal["mailings", "batches", "triggers"]
"""Mailings to launch or to finish; batches to send; guests whom a trigger may have something to say."""

CampaignsAgenda = Agenda[Work]
