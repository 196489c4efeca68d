"""What happens when somebody presses, writes or shares: the gateway is asked, a screen is the answer."""
