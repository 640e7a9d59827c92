//! Reads the events that the function recorded, and records callbacks that it could not store.

#![cfg_attr(not(feature = "aws"), allow(dead_code, reason = "a stack is never described"))]

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod arguments;
mod chat;
mod commands;
mod completions;
mod confirm;
mod count;
mod doctor;
mod erase;
mod event;
mod fault;
mod follow;
mod group;
mod list;
mod merged;
mod moment;
mod output;
mod pause;
mod place;
mod plain;
mod receiver;
mod redrive;
mod replay;
mod selection;
mod send;
mod sender;
mod show;
mod spool;
mod table;

use arguments::{Arguments, Command};
use fault::Fault;
use output::{Output, note};
use place::Place;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(Fault::Closed) => ExitCode::SUCCESS,
        Err(Fault::Message(message)) => {
            note(&format!("chat-events: {message}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { command, place, json }: Arguments) -> Result<ExitCode, Fault> {
    let mut output = Output::new(json);
    let mut code = ExitCode::SUCCESS;
    match command {
        // These read no AWS configuration. `send` reads it only for a stack.
        Command::Commands => commands::list(&mut output)?,
        Command::Completions(completions) => {
            completions::run(&completions, Arguments::command(), &mut output)?;
        }
        Command::Send(sending) => send::run(place, &sending, &mut output).await?,
        Command::Doctor(doctor) => code = doctor::run(place, &doctor, &mut output).await?,
        Command::List(selection) => list::run(&Place::find(place).await?, &selection, &mut output).await?,
        Command::Chat(chat) => chat::run(&Place::find(place).await?, &chat, &mut output).await?,
        Command::Show(show) => show::run(&Place::find(place).await?, &show, &mut output).await?,
        Command::Count(count) => count::run(&Place::find(place).await?, &count, &mut output).await?,
        Command::Follow(follow) => follow::run(&Place::find(place).await?, &follow, &mut output).await?,
        Command::Replay(replay) => replay::run(&Place::find(place).await?, &replay, &mut output).await?,
        Command::Group(group) => group::run(&Place::find(place).await?, &group, &mut output).await?,
        Command::Erase(erase) => code = erase::run(&Place::find(place).await?, &erase, &mut output).await?,
        Command::Redrive(redrive) => {
            code = redrive::run(&Place::find(place).await?, &redrive, &mut output).await?;
        }
    }
    output.flush()?;
    Ok(code)
}
